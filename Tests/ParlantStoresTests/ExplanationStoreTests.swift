import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@Suite("Explanations in memory")
struct ExplanationStoreTests {
    @Test("keep the contract", arguments: ExplanationStoreConformance.checks)
    func contract(_ check: ConformanceCheck<any ExplanationStore>) async throws {
        try await check.run(MemoryExplanationStore())
    }

    @Test("the newest are kept, up to the limit and a tenth more")
    func limit() async throws {
        let store = MemoryExplanationStore(limit: 100)
        for number in 0..<1000 {
            try await store.save(
                Explanation(session: SessionID("s\(number % 7)"), traceID: TraceID("t\(number)"), content: [:]))
        }
        var kept = 0
        for number in 0..<1000 {
            guard try await store.find(TraceID("t\(number)"), of: SessionID("s\(number % 7)")) != nil else { continue }
            kept += 1
            #expect(number >= 1000 - 110)
        }
        #expect((100...110).contains(kept))
    }
}
