// swift-tools-version: 6.2
import PackageDescription

/// A package of its own, so that nobody who only uses the server resolves or builds it.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let core = Target.Dependency.product(name: "ParlantCore", package: "parlant-runtime")
let engine = Target.Dependency.product(name: "ParlantEngine", package: "parlant-runtime")
let local = Target.Dependency.product(name: "ParlantLocal", package: "parlant-runtime")
let lua = Target.Dependency.product(name: "LuaRuntime", package: "parlant-runtime")
let scripting = Target.Dependency.product(name: "ParlantScripting", package: "parlant-runtime")
let sqlite = Target.Dependency.product(name: "ParlantSQLite", package: "parlant-runtime")
let stores = Target.Dependency.product(name: "ParlantStores", package: "parlant-runtime")

let package = Package(
    name: "parlant-bench",
    dependencies: [
        .package(name: "parlant-runtime", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    ],
    targets: [
        // Under a name of its own: the server's package has a `CLua`, which only its bridge may import.
        .systemLibrary(name: "CSystemLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
        .target(name: "CLuaBaseline", dependencies: ["CSystemLua"]),
        .target(name: "CAllocationCounter"),
        .executableTarget(
            name: "parlant-bench",
            dependencies: [
                "CAllocationCounter", "CLuaBaseline", core, engine, grdb, hummingbird, local, log, lua, scripting,
                sqlite, stores,
            ],
            swiftSettings: house),
    ]
)
