import Logging
import ParlantCore
import Synchronization

/// Chooses the canned responses that a model is shown: those of tools and of guidelines first, then those of the agent
/// that are most like the conversation.
final class CandidateRanking: Sendable {
    /// Most candidates that a model is shown (`domain.md` 1.6).
    static let limit = 30
    /// Most vectors that are kept; when there are more, all are forgotten.
    private static let vectorLimit = 5000

    private let logger: Logger
    /// Unit vectors of texts of responses, by text.
    private let vectors = Mutex<[String: [Float]]>([:])

    init(logger: Logger) { self.logger = logger }

    /// At most ``limit`` candidates, in their order.
    ///
    /// - Parameter messages: What the reply answers, oldest first.
    /// - Returns: All of them when they are few; nothing is compared then. Likeness is that of vectors where there is an
    ///   embedder that answers, else of words.
    /// - Throws: `CancellationError`.
    func select(
        _ candidates: [CannedCandidate], for messages: [String], _ models: TurnModels
    ) async throws -> [CannedCandidate] {
        guard candidates.count > Self.limit else { return candidates }
        let owned = candidates.filter { $0.origin != .agent }
        let open = owned.count > Self.limit ? owned : candidates.filter { $0.origin == .agent }
        let places = owned.count > Self.limit ? Self.limit : Self.limit - owned.count
        let scores = try await scores(of: open, for: messages, models)
        let best = zip(open, scores).enumerated()
            .sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }
            .prefix(places).map(\.element.0.response.id)
        let kept = Set(best).union(owned.count > Self.limit ? [] : owned.map(\.response.id))
        return candidates.filter { kept.contains($0.response.id) }
    }

    private func scores(
        of candidates: [CannedCandidate], for messages: [String], _ models: TurnModels
    ) async throws -> [Double] {
        if models.canEmbed, !messages.isEmpty {
            do {
                return try await likeness(of: candidates, to: messages.joined(separator: "\n"), models)
            } catch let error as NLPError {
                // Words find less, but the reply goes on.
                logger.warning("canned responses are compared by words", metadata: ["error": "\(error)"])
            }
        }
        return CannedResponseScorer(candidates.map(\.response)).matches(messages: messages).map(\.score)
    }

    private func likeness(
        of candidates: [CannedCandidate], to conversation: String, _ models: TurnModels
    ) async throws -> [Double] {
        let texts = candidates.map { candidate in
            (candidate.response.signals + [candidate.response.template.literalText]).joined(separator: "\n")
        }
        let known = vectors.withLock { $0 }
        let missing = Array(Set(texts.filter { known[$0] == nil })).sorted()
        let answer = try await models.embed([conversation] + missing)
        guard answer.count == missing.count + 1, Set(answer.map(\.count)).count == 1 else {
            throw NLPError(.malformed, "the embedder returned vectors of different lengths; check its model")
        }
        let fresh = Dictionary(uniqueKeysWithValues: zip(missing, answer.dropFirst().map(Self.unit)))
        vectors.withLock { vectors in
            if vectors.count + fresh.count > Self.vectorLimit { vectors = [:] }
            vectors.merge(fresh) { $1 }
        }
        let question = Self.unit(answer[0])
        return texts.map { text in
            guard let vector = fresh[text] ?? known[text], vector.count == question.count else { return 0 }
            return Double(zip(vector, question).reduce(into: Float(0)) { $0 += $1.0 * $1.1 })
        }
    }

    private static func unit(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(into: Float(0)) { $0 += $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : vector
    }
}
