import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@Suite("The stores in memory")
struct MemoryStoreTests {
    /// A clock that never moves: order must not depend on it.
    private let clock = ManualClock()

    @Test("keep the contract of customers", arguments: CustomerStoreConformance.checks)
    func customers(_ check: ConformanceCheck<any CustomerStore>) async throws {
        try await check.run(MemoryCustomerStore(clock: clock, ids: RandomIDGenerator()))
    }

    @Test("keep the contract of tags", arguments: TagStoreConformance.checks)
    func tags(_ check: ConformanceCheck<any TagStore>) async throws {
        try await check.run(MemoryTagStore(clock: clock, ids: RandomIDGenerator()))
    }

    @Test("keep the contract of sessions", arguments: SessionStoreConformance.checks)
    func sessions(_ check: ConformanceCheck<any SessionStore>) async throws {
        try await check.run(MemorySessionStore(clock: clock, ids: RandomIDGenerator()))
    }

    @Test("take time and ids from where they are told to")
    func injected() async throws {
        let ids = CountingIDGenerator()
        let sessions = MemorySessionStore(clock: clock, ids: ids)
        let session = try await sessions.create(SessionDraft(agentID: "a"))
        #expect(session.id == "e1")
        #expect(session.createdAt == clock.now)
        clock.advance(by: .seconds(5))
        let event = try await sessions.append(
            EventDraft(source: .system, kind: .custom, traceID: "t", data: 1), to: session.id)
        #expect(event.id == "e2")
        #expect(event.createdAt == clock.now)
    }
}
