import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@Suite("Stores in memory")
struct MemoryTransferTests {
    @Test("move with all that is in them", arguments: TransferConformance.checks)
    func transfer(_ check: ConformanceCheck<TransferConformance.Subject>) async throws {
        let clock = ManualClock()
        let source = MemoryStores(clock: clock, ids: RandomIDGenerator())
        let target = MemoryStores(clock: clock, ids: RandomIDGenerator())
        try await check.run(.init(from: source, to: target, clock))
    }
}
