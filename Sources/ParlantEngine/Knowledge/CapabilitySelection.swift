import Logging
import ParlantCore

/// Chooses the capabilities that a conversation needs: what the agent can offer to whoever asks for something like it.
final class CapabilitySelection: Sendable {
    /// An agent with no more of them has all in every prompt: choosing would save few tokens, cost a request to the
    /// embedder, and change prompts from turn to turn.
    static let few = 8
    /// Of more, this many are chosen, as in the reference (`domain.md` 1.1).
    static let limit = 3

    private struct Prepared: Sendable {
        var index: WordIndex
        /// What is compared with messages, one capability after the other.
        var texts: [String]
        /// For each text, the position of its capability.
        var owners: [Int]
    }

    private let prepared = PreparedAgents<Prepared>()
    private let vectors = ConditionVectors()
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// All of a few; of many, those that come closest to the newest messages by their vectors, or without an embedder
    /// those that share words with them. In the order of definition.
    ///
    /// - Throws: `CancellationError` only: when the embedder fails, words decide, and the log says so.
    /// - Complexity: O(texts of the capabilities); they are prepared, and embedded, once per load.
    func capabilities(in context: TurnContext) async throws -> [Capability] {
        let all = context.snapshot.capabilities
        guard all.count > Self.few else { return all }
        let messages = Array(context.interaction.messages.suffix(WordIndex.horizon).map(\.text))
        guard !messages.isEmpty else { return [] }
        let prepared = prepared.value(for: context.snapshot, Self.prepare)
        let scores =
            try await similarities(prepared, to: messages, in: context)
            ?? prepared.index.matches(messages).map { $0.score > 0 ? $0.score : -1 }
        let best = scores.enumerated().filter { $0.element > -1 }
            .sorted { ($0.element, $1.offset) > ($1.element, $0.offset) }.prefix(Self.limit).map(\.offset)
        return best.sorted().map { all[$0] }
    }

    private static func prepare(_ snapshot: AgentSnapshot) -> Prepared {
        let texts = snapshot.capabilities.map { ["\($0.title): \($0.description)"] + $0.signals }
        return Prepared(
            index: WordIndex(texts), texts: texts.flatMap(\.self),
            owners: texts.enumerated().flatMap { owner, texts in texts.map { _ in owner } })
    }

    /// The best cosine of each capability's texts with any message, where an older message counts less; nil without an
    /// embedder.
    private func similarities(
        _ prepared: Prepared, to messages: [String], in context: TurnContext
    ) async throws -> [Double]? {
        guard context.models.canEmbed else { return nil }
        do {
            let queries = messages.map { String($0.prefix(EmbeddingConditionScorer.readLimit)) }
            let found = try await vectors.vectors(of: prepared.texts, and: queries, in: context)
            var scores = [Double](repeating: -1, count: (prepared.owners.last ?? -1) + 1)
            for (owner, text) in zip(prepared.owners, found.conditions) {
                var share = 1.0
                for message in found.said.reversed() {
                    scores[owner] = max(scores[owner], text.cosine(message) * share)
                    share *= WordIndex.decay
                }
            }
            return scores
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.warning(
                "capabilities are chosen by words: the embedder failed",
                metadata: ["agent": "\(context.agent.id)", "error": "\(error)"])
            return nil
        }
    }
}
