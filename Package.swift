// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target of ours: the strictest reading of the language, and no warning left standing.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let collections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "parlant-runtime",
    products: [
        .executable(name: "parlant-runtime", targets: ["parlant-runtime"]),
        // What a store, a provider or a tool of one's own builds on.
        .library(name: "ParlantTesting", targets: ["ParlantTesting"]),
        .library(name: "ParlantCore", targets: ["ParlantCore"]),
        // What the benchmarks measure.
        .library(name: "LuaRuntime", targets: ["LuaRuntime"]),
        .library(name: "ParlantEngine", targets: ["ParlantEngine"]),
        .library(name: "ParlantScripting", targets: ["ParlantScripting"]),
        .library(name: "ParlantLocal", targets: ["ParlantLocal"]),
        .library(name: "ParlantSQLite", targets: ["ParlantSQLite"]),
        .library(name: "ParlantStores", targets: ["ParlantStores"]),
    ],
    traits: [
        .default(enabledTraits: ["MongoDB"]),
        .trait(name: "MongoDB", description: "Stores in MongoDB; needs the system's libmongoc."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Lua
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
        .target(name: "CLuaBridge", dependencies: ["CLua"]),
        .target(name: "LuaRuntime", dependencies: ["CLuaBridge"], swiftSettings: house),

        // Domain and engine
        .target(name: "ParlantCore", dependencies: [collections], swiftSettings: house),
        .target(name: "ParlantEngine", dependencies: ["ParlantCore", log], swiftSettings: house),

        // Adapters
        .target(name: "ParlantStores", dependencies: ["ParlantCore"], swiftSettings: house),
        .systemLibrary(name: "CMongoc", pkgConfig: "libmongoc-1.0", providers: [.apt(["libmongoc-dev"])]),
        .target(
            name: "ParlantMongo", dependencies: ["CMongoc", "ParlantCore", "ParlantStores", deque, log],
            swiftSettings: house),
        .target(name: "ParlantLocal", dependencies: ["ParlantCore", "ParlantStores", log], swiftSettings: house),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .target(
            name: "ParlantArchive", dependencies: ["CArchive", "ParlantCore", "ParlantStores"], swiftSettings: house),
        .target(
            name: "ParlantSQLite", dependencies: ["ParlantCore", "ParlantStores", grdb, sqlite], swiftSettings: house),
        .target(
            name: "ParlantHTTP", dependencies: ["ParlantCore", httpClient, nio, nioHTTP1, nioPosix, nioSSL],
            swiftSettings: house),
        .target(name: "ParlantNLP", dependencies: ["ParlantCore"], swiftSettings: house),
        .target(name: "ParlantScripting", dependencies: ["ParlantCore", "LuaRuntime", log], swiftSettings: house),
        .target(
            name: "ParlantAPI",
            dependencies: [
                "ParlantCore", "ParlantEngine", httpTypes, hummingbird, lifecycle, log, nio, nioHTTP1, nioWebSocket,
            ],
            resources: [
                .embedInCode("OpenAPI/Pages/page.html"), .embedInCode("OpenAPI/Pages/style.css"),
                .embedInCode("OpenAPI/Pages/script.js"),
            ],
            swiftSettings: house),

        // Composition
        .target(
            name: "ParlantServer",
            dependencies: [
                "LuaRuntime", "ParlantAPI", "ParlantArchive", "ParlantCore", "ParlantEngine", "ParlantHTTP",
                "ParlantLocal", "ParlantNLP",
                "ParlantScripting", "ParlantSQLite", "ParlantStores", lifecycle, log, signals,
                .target(name: "ParlantMongo", condition: .when(traits: ["MongoDB"])),
            ],
            swiftSettings: house),
        .target(
            name: "ParlantAuthoring",
            dependencies: [
                "LuaRuntime", "ParlantCore", "ParlantEngine", "ParlantHTTP", "ParlantNLP", "ParlantScripting",
                "ParlantServer", "ParlantStores", "ParlantTesting", log,
            ],
            swiftSettings: house),
        .executableTarget(
            name: "parlant-runtime",
            dependencies: [
                "ParlantAuthoring", "ParlantCore", "ParlantScripting", "ParlantServer", argumentParser, log,
            ],
            swiftSettings: house),

        // Test kit
        .target(name: "ParlantTesting", dependencies: ["ParlantCore"], swiftSettings: house),

        // Tests
        .testTarget(name: "ArchitectureTests", swiftSettings: house),
        .testTarget(name: "LuaRuntimeTests", dependencies: ["LuaRuntime"], swiftSettings: house),
        .testTarget(name: "ParlantCoreTests", dependencies: ["ParlantCore"], swiftSettings: house),
        .testTarget(
            name: "ParlantEngineTests", dependencies: ["ParlantEngine", "ParlantStores", "ParlantTesting", log],
            swiftSettings: house),
        .testTarget(
            name: "ParlantStoresTests", dependencies: ["ParlantCore", "ParlantStores", "ParlantTesting"],
            swiftSettings: house),
        .testTarget(
            name: "ParlantArchiveTests",
            dependencies: ["ParlantArchive", "ParlantCore", "ParlantStores", "ParlantTesting"],
            swiftSettings: house),
        .testTarget(
            name: "ParlantMongoTests",
            dependencies: ["ParlantCore", "ParlantMongo", "ParlantStores", "ParlantTesting", collections, log],
            swiftSettings: house),
        .testTarget(
            name: "ParlantLocalTests",
            dependencies: ["ParlantCore", "ParlantLocal", "ParlantStores", "ParlantTesting", log],
            swiftSettings: house),
        .testTarget(
            name: "ParlantSQLiteTests", dependencies: ["ParlantCore", "ParlantSQLite", "ParlantTesting", grdb],
            swiftSettings: house),
        .testTarget(
            name: "ParlantHTTPTests",
            dependencies: ["ParlantCore", "ParlantHTTP", "ParlantTesting", nio, nioHTTP1, nioPosix, nioSSL],
            swiftSettings: house),
        .testTarget(
            name: "ParlantNLPTests", dependencies: ["ParlantCore", "ParlantNLP", "ParlantTesting"], swiftSettings: house
        ),
        .testTarget(
            name: "ParlantScriptingTests",
            dependencies: ["ParlantCore", "ParlantScripting", "ParlantStores", "LuaRuntime", log],
            exclude: ["Fixtures"], swiftSettings: house),
        .testTarget(
            name: "ParlantAPITests",
            dependencies: [
                "ParlantAPI", "ParlantCore", "ParlantEngine", "ParlantStores", "ParlantTesting", httpTypes, hummingbird,
                hummingbirdTesting, lifecycle, log, nio, nioEmbedded, nioPosix,
            ],
            swiftSettings: house),
        .testTarget(
            name: "ParlantServerTests",
            dependencies: [
                "LuaRuntime", "ParlantCore", "ParlantHTTP", "ParlantScripting", "ParlantServer", "ParlantStores",
                "ParlantTesting", log, nio, nioPosix,
            ],
            swiftSettings: house),
        .testTarget(
            name: "ParlantAuthoringTests",
            dependencies: ["ParlantAuthoring", "ParlantCore", "ParlantScripting", "ParlantServer"],
            exclude: ["Fixtures"],
            swiftSettings: house),
    ]
)
