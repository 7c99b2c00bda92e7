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
                Explanation(
                    session: SessionID("s\(number % 7)"), traceID: TraceID("t\(number)"), content: Array("{}".utf8)))
        }
        var kept = 0
        for number in 0..<1000 {
            guard try await store.find(TraceID("t\(number)"), of: SessionID("s\(number % 7)")) != nil else { continue }
            kept += 1
            #expect(number >= 1000 - 110)
        }
        #expect((100...110).contains(kept))
    }

    @Test("the newest are kept, up to the bytes of all")
    func bytes() async throws {
        let store = MemoryExplanationStore(limit: 1000, bytes: 50_000)
        func save(_ number: Int, bytes: Int) async throws {
            try await store.save(
                Explanation(
                    session: "s", traceID: TraceID("t\(number)"), content: Array(repeating: 0x20, count: bytes)))
        }
        for number in 0..<500 { try await save(number, bytes: 1000) }
        // Replacing counts once.
        for _ in 0..<500 { try await save(499, bytes: 1000) }
        var kept: [Int] = []
        for number in 0..<500 where try await store.find(TraceID("t\(number)"), of: "s") != nil { kept.append(number) }
        #expect(kept.last == 499 && kept == Array(kept[0]...499))
        #expect((45...50).contains(kept.count))
        try await save(500, bytes: 60_000)
        #expect(try await store.find("t500", of: "s") == nil, "one that is larger than everything is not kept")
        try await save(501, bytes: 10)
        #expect(try await store.find("t501", of: "s") != nil)
    }
}
