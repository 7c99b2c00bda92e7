import ParlantCore
import ParlantLocal
import ParlantTesting
import Testing

/// The clock stands still in all of them: order must not depend on it.
@Suite("The stores in a folder")
struct LocalConformanceTests {
    @Test("keep the contract of customers", arguments: CustomerStoreConformance.checks)
    func customers(_ check: ConformanceCheck<any CustomerStore>) async throws {
        try await withStores(clock: ManualClock()) { try await check.run($0.customers) }
    }

    @Test("keep the contract of tags", arguments: TagStoreConformance.checks)
    func tags(_ check: ConformanceCheck<any TagStore>) async throws {
        try await withStores(clock: ManualClock()) { try await check.run($0.tags) }
    }

    @Test("keep the contract of sessions", arguments: SessionStoreConformance.checks)
    func sessions(_ check: ConformanceCheck<any SessionStore>) async throws {
        try await withStores(clock: ManualClock()) { try await check.run($0.sessions) }
    }

    @Test("keep the contract of entries of scripts", arguments: KeyValueStoreConformance.checks)
    func keyValues(_ check: ConformanceCheck<KeyValueStoreConformance.Subject>) async throws {
        let clock = ManualClock()
        try await withStores(clock: clock) { try await check.run(.init($0.keyValues, clock)) }
    }

    @Test("keep the contract of explanations", arguments: ExplanationStoreConformance.checks)
    func explanations(_ check: ConformanceCheck<any ExplanationStore>) async throws {
        try await withStores(clock: ManualClock()) { try await check.run($0.explanations) }
    }

    @Test("keep the contract of entities", arguments: EntityStoreConformance.checks)
    func entities(_ check: ConformanceCheck<any EntityStore<Term>>) async throws {
        try await withStores(clock: ManualClock()) { try await check.run($0.entities.terms) }
    }

    @Test("lose nothing of any kind of entity", arguments: EntityStoresConformance.checks)
    func kinds(_ check: ConformanceCheck<EntityStores>) async throws {
        try await withStores(clock: ManualClock()) { try await check.run($0.entities) }
    }

    @Test("keep everything over a restart", arguments: DurabilityConformance.checks)
    func durability(_ check: ConformanceCheck<ReopenableBackend>) async throws {
        try await withFolder { folder in
            try await check.run(
                ReopenableBackend {
                    try await LocalStores.open(
                        "\(folder)/store", clock: ManualClock(), ids: RandomIDGenerator(), logger: silent)
                })
        }
    }
}
