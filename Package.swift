// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target of ours: the strictest reading of the language, and no warning left standing.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let collections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")

let package = Package(
    name: "parlant-runtime",
    products: [
        // What a store, a provider or a tool of one's own builds on.
        .library(name: "ParlantCore", targets: ["ParlantCore"]),
        // What the benchmarks measure.
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    ],
    targets: [
        // Domain and engine
        .target(name: "ParlantCore", dependencies: [collections], swiftSettings: house),
        .testTarget(name: "ParlantCoreTests", dependencies: ["ParlantCore"], swiftSettings: house),
    ]
)
