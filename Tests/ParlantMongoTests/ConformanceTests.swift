import Foundation
import ParlantCore
import ParlantMongo
import ParlantTesting
import Testing

/// One after the other: the server of the tests does one thing at a time, and calls do not wait for ever.
@Suite(
    "The stores of MongoDB", .serialized, .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)))
struct ConformanceTests {
    private let server: MongoServer

    init() throws { server = try MongoServer.shared.get() }

    @Test("keep customers", arguments: CustomerStoreConformance.checks)
    func customers(_ check: ConformanceCheck<any CustomerStore>) async throws {
        try await using { try await check.run($0.customers) }
    }

    @Test("keep tags", arguments: TagStoreConformance.checks)
    func tags(_ check: ConformanceCheck<any TagStore>) async throws { try await using { try await check.run($0.tags) } }

    @Test("keep sessions and events", arguments: SessionStoreConformance.checks)
    func sessions(_ check: ConformanceCheck<any SessionStore>) async throws {
        try await using { try await check.run($0.sessions) }
    }

    @Test("keep entries of scripts", arguments: KeyValueStoreConformance.checks)
    func keyValues(_ check: ConformanceCheck<KeyValueStoreConformance.Subject>) async throws {
        let clock = ManualClock()
        // The stand-in for MongoDB takes a minute for the usual ten thousand entries.
        var limits = KeyValueLimits()
        limits.entries = 300
        limits.scopeBytes = 1 << 20
        let backend = try await server.stores(clock: clock, limits: limits)
        try await check.run(.init(backend.stores.keyValues, clock, limits: limits))
        try await backend.close()
    }

    @Test("keep explanations", arguments: ExplanationStoreConformance.checks)
    func explanations(_ check: ConformanceCheck<any ExplanationStore>) async throws {
        try await using { try await check.run($0.explanations) }
    }

    @Test("keep entities", arguments: EntityStoreConformance.checks)
    func terms(_ check: ConformanceCheck<any EntityStore<Term>>) async throws {
        try await using { try await check.run($0.entities.terms) }
    }

    @Test("keep all kinds of entities", arguments: EntityStoresConformance.checks)
    func entities(_ check: ConformanceCheck<EntityStores>) async throws {
        try await using { try await check.run($0.entities) }
    }

    @Test("keep what they were given over restarts", arguments: DurabilityConformance.checks)
    func durability(_ check: ConformanceCheck<ReopenableBackend>) async throws {
        let address = try server.address()
        try await check.run(
            ReopenableBackend {
                try await MongoStores(address, clock: SystemTimeSource(), ids: RandomIDGenerator())
            })
    }

    private func using(_ body: (Stores) async throws -> Void) async throws {
        let backend = try await server.stores()
        try await body(backend.stores)
        try await backend.close()
    }
}

@Suite("The server for tests of MongoDB")
struct MongoServerTests {
    @Test(
        "is installed where 'make test' runs, so that nothing is skipped there",
        .enabled(if: ProcessInfo.processInfo.environment["PARLANT_WITH_MONGO"] != nil))
    func isInstalled() { #expect(MongoServer.isInstalled) }
}
