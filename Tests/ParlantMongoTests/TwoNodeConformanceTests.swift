import Foundation
import ParlantCore
import ParlantMongo
import ParlantTesting
import Testing

/// Every suite over two nodes on one database, with a user and a password: every fourth check, and all of them nightly
/// (`PARLANT_NIGHTLY`), because the stand-in for MongoDB takes a second to make a database. One after the other, as in
/// ``ConformanceTests``.
@Suite(
    "The stores of two nodes on one MongoDB, which asks for a password", .serialized,
    .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)))
struct TwoNodeConformanceTests {
    /// One for all checks. It ends with the tests' process.
    private static let server = Result { try MongoServer("--user", "me", "--password", "p:ss", data: folder) }
    private static let folder: String = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mongo-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }()

    @Test("keep customers", arguments: chosen(CustomerStoreConformance.checks))
    func customers(_ check: ConformanceCheck<any CustomerStore>) async throws {
        try await using { try await check.run($0.customers) }
    }

    @Test("keep tags", arguments: chosen(TagStoreConformance.checks))
    func tags(_ check: ConformanceCheck<any TagStore>) async throws { try await using { try await check.run($0.tags) } }

    @Test("keep sessions and events", arguments: chosen(SessionStoreConformance.checks))
    func sessions(_ check: ConformanceCheck<any SessionStore>) async throws {
        try await using { try await check.run($0.sessions) }
    }

    @Test("keep entries of scripts", arguments: chosen(KeyValueStoreConformance.checks))
    func keyValues(_ check: ConformanceCheck<KeyValueStoreConformance.Subject>) async throws {
        let clock = ManualClock()
        var limits = KeyValueLimits()
        limits.entries = 300
        limits.scopeBytes = 1 << 20
        try await using(clock: clock, limits: limits) {
            try await check.run(.init($0.keyValues, clock, limits: limits))
        }
    }

    @Test("keep explanations", arguments: chosen(ExplanationStoreConformance.checks))
    func explanations(_ check: ConformanceCheck<any ExplanationStore>) async throws {
        try await using { try await check.run($0.explanations) }
    }

    @Test("keep entities", arguments: chosen(EntityStoreConformance.checks))
    func terms(_ check: ConformanceCheck<any EntityStore<Term>>) async throws {
        try await using { try await check.run($0.entities.terms) }
    }

    @Test("keep all kinds of entities", arguments: chosen(EntityStoresConformance.checks))
    func entities(_ check: ConformanceCheck<EntityStores>) async throws {
        try await using { try await check.run($0.entities) }
    }

    private func using(
        clock: any TimeSource = SystemTimeSource(), limits: KeyValueLimits = .init(),
        _ body: (Stores) async throws -> Void
    ) async throws {
        let address = try Self.server.get().address(user: "me:p%3Ass@", options: "?authSource=admin")
        func open() async throws -> MongoStores {
            try await MongoStores(address, clock: clock, ids: RandomIDGenerator(), limits: limits)
        }
        let (first, second) = try await (open(), open())
        try await body(.alternating(first.stores, second.stores))
        try await first.close()
        try await second.close()
    }
}

private func chosen<Store>(_ checks: [ConformanceCheck<Store>]) -> [ConformanceCheck<Store>] {
    if ProcessInfo.processInfo.environment["PARLANT_NIGHTLY"] != nil { return checks }
    return checks.enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
}
