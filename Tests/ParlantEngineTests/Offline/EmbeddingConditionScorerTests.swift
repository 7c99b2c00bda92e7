import ParlantCore
import Synchronization
import Testing

@testable import ParlantEngine

/// Vectors from a table; counts the requests.
private final class TableEmbedder: Sendable {
    let table: [String: [Float]]
    let requests = Mutex<[[String]]>([])
    let failures: Mutex<Int>

    init(_ table: [String: [Float]], failures: Int = 0) {
        self.table = table
        self.failures = Mutex(failures)
    }

    func embed(_ texts: [String]) async throws -> [[Float]] {
        requests.withLock { $0.append(texts) }
        let fails = failures.withLock { left in
            defer { left -= 1 }
            return left > 0
        }
        if fails { throw NLPError(.unavailable, "away") }
        return texts.map { table[$0] ?? [0, 0] }
    }
}

@Suite("Conditions by similarity of vectors")
struct EmbeddingConditionScorerTests {
    private let table: [String: [Float]] = ["refund": [1, 0], "money back": [3, 4], "hours": [0, 2], "short": [1]]

    @Test("the score is the cosine of the nearest text, in the order of the guidelines")
    func cosine() async throws {
        let scorer = EmbeddingConditionScorer([("refund", []), ("hours", []), (nil, [])])
        let scores = try await scorer.score(messages: ["money back"], by: TableEmbedder(table).embed)
        #expect(scores.map { ($0 * 100).rounded() } == [60, 80, 0])
        #expect(EmbeddingConditionScorer.rationale(0.4149) == "similarity 0.41")
        #expect(EmbeddingConditionScorer.rationale(-0.05) == "similarity -0.05")
    }

    @Test("an example may be nearer than the condition")
    func examples() async throws {
        let scorer = EmbeddingConditionScorer([("hours", ["refund"])])
        #expect(try await scorer.score(messages: ["refund"], by: TableEmbedder(table).embed) == [1])
    }

    @Test("conditions are embedded once")
    func cache() async throws {
        let embedder = TableEmbedder(table)
        let scorer = EmbeddingConditionScorer([("refund", []), ("hours", [])])
        _ = try await scorer.score(messages: ["money back"], by: embedder.embed)
        _ = try await scorer.score(messages: ["refund"], by: embedder.embed)
        #expect(embedder.requests.withLock { $0 } == [["refund", "hours"], ["money back"], ["refund"]])
    }

    @Test("an older message counts less")
    func recency() async throws {
        let scorer = EmbeddingConditionScorer([("refund", [])])
        let score = try await scorer.score(messages: ["refund", "hours"], by: TableEmbedder(table).embed)[0]
        #expect(abs(score - WordIndex.decay) < 0.001)
    }

    @Test("after a failure the next call asks again")
    func failure() async throws {
        let embedder = TableEmbedder(table, failures: 1)
        let scorer = EmbeddingConditionScorer([("refund", [])])
        await #expect(throws: NLPError.self) { try await scorer.score(messages: ["refund"], by: embedder.embed) }
        #expect(try await scorer.score(messages: ["refund"], by: embedder.embed) == [1])
    }

    @Test("vectors of different lengths are refused")
    func lengths() async throws {
        let scorer = EmbeddingConditionScorer([("refund", [])])
        let error = await #expect(throws: NLPError.self) {
            try await scorer.score(messages: ["short"], by: TableEmbedder(table).embed)
        }
        #expect(error?.code == .malformed)
    }

    @Test("without messages nothing is asked")
    func silence() async throws {
        let embedder = TableEmbedder(table)
        let scorer = EmbeddingConditionScorer([("refund", [])])
        #expect(try await scorer.score(messages: [], by: embedder.embed) == [0])
        #expect(embedder.requests.withLock { $0 }.isEmpty)
    }
}
