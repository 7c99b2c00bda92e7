import ParlantCore
import Synchronization

/// Decides which conditions hold by the angle between vectors of conditions and messages, for servers that have an
/// embedder but no language model. It finds synonyms; negation it sees no more than ``ConditionScorer`` does.
final class EmbeddingConditionScorer: Sendable {
    /// Makes a vector of each text, in order.
    typealias Embed = @Sendable ([String]) async throws -> [[Float]]

    /// Cosines from here on count as a match. Measured with all-MiniLM-L6-v2: 13 of 14 labelled pairs right,
    /// AUC 0.98; other models need another figure.
    static let threshold = 0.27

    /// Characters of a message that are embedded: models take some hundred words at most, and some servers fail
    /// beyond instead of cutting.
    static let readLimit = 1200

    private let texts: [String]
    /// For each guideline, the positions of its texts.
    private let ranges: [Range<Int>]
    /// Vectors of `texts`; nil until the first score.
    private let vectors = Mutex<[UnitVector]?>(nil)

    /// Prepares conditions and examples, in the order in which scores come. Nothing is embedded yet.
    init(_ guidelines: [(condition: String?, examples: [String])]) {
        var texts: [String] = []
        ranges = guidelines.map { guideline in
            let start = texts.count
            texts += (guideline.condition.map { [$0] } ?? []) + guideline.examples
            return start..<texts.count
        }
        self.texts = texts
    }

    /// Scores every guideline, in order: the best cosine of its condition and examples with any message, where older
    /// messages count ``WordIndex/decay`` of the next. -1 to 1; 0 for a guideline without condition and examples.
    ///
    /// The vectors of conditions are asked for at the first call and kept; two first calls at once may both ask. After
    /// an error nothing is kept and the next call asks again.
    ///
    /// - Parameter embed: Makes a vector of each text, in order.
    /// - Throws: ``NLPError`` of the embedder, also when its vectors have different lengths; `CancellationError`.
    /// - Complexity: One request to the embedder; O(texts × dimensions × messages).
    func score(messages: [String], by embed: Embed) async throws -> [Double] {
        let recent = messages.suffix(WordIndex.horizon)
        guard !recent.isEmpty, !texts.isEmpty else { return ranges.map { _ in 0 } }
        let known = try await conditionVectors(embed)
        let said = try await Self.vectors(of: recent.reversed().map { String($0.prefix(Self.readLimit)) }, embed)
        guard said.first?.dimensions == known.first?.dimensions else {
            throw NLPError(.malformed, "the embedder returned vectors of different lengths; check its model")
        }
        return ranges.map { range in
            var best: Double?
            for position in range {
                var share = 1.0
                for vector in said {
                    let score = known[position].cosine(vector) * share
                    best = max(best ?? score, score)
                    share *= WordIndex.decay
                }
            }
            return best ?? 0
        }
    }

    /// For people: `similarity 0.41`.
    static func rationale(_ score: Double) -> String { "similarity \(ScoreText.text(score))" }

    private func conditionVectors(_ embed: Embed) async throws -> [UnitVector] {
        if let known = vectors.withLock({ $0 }) { return known }
        let fresh = try await Self.vectors(of: texts, embed)
        vectors.withLock { $0 = fresh }
        return fresh
    }

    private static func vectors(of texts: [String], _ embed: Embed) async throws -> [UnitVector] {
        let vectors = try await embed(texts)
        guard vectors.count == texts.count, Set(vectors.map(\.count)).count == 1 else {
            throw NLPError(.malformed, "the embedder returned vectors of different lengths; check its model")
        }
        return vectors.map(UnitVector.init)
    }
}
