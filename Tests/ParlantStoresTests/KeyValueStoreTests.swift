import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@Suite("The key-value store in memory")
struct KeyValueStoreTests {
    @Test("keeps the contract", arguments: KeyValueStoreConformance.checks)
    func contract(_ check: ConformanceCheck<KeyValueStoreConformance.Subject>) async throws {
        let clock = ManualClock()
        try await check.run(.init(MemoryKeyValueStore(clock: clock), clock))
    }

    @Test("lets go of entries whose lifetime is over, whether or not anybody asks for them")
    func sweep() async throws {
        let clock = ManualClock()
        let store = MemoryKeyValueStore(clock: clock)
        for number in 0..<100_000 {
            try await store.set(
                "k", to: 1, in: .session(SessionID("s\(number)")), lifetime: .seconds(1))
            clock.advance(by: .milliseconds(10))
        }
        #expect(store.count < 3000)
    }
}
