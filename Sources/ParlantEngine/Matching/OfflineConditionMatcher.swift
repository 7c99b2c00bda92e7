import ParlantCore
import Synchronization

/// Judges conditions without a model: by the angle of vectors where an embedder is configured, else by shared words.
/// Only the messages that the coming reply answers count, so that an old topic does not come up again.
final class OfflineConditionMatcher: ConditionMatcher {
    private enum Scorer: Sendable {
        case words(ConditionScorer)
        case vectors(EmbeddingConditionScorer)
    }

    private struct Prepared: Sendable {
        var generation: Int
        var scorer: Scorer
    }

    private let embedder: (any Embedder)?
    private let prepared = Mutex<[AgentID: Prepared]>([:])

    init(embedder: (any Embedder)?) { self.embedder = embedder }

    func match(_ guidelines: [Guideline], in context: TurnContext) async throws -> [GuidelineMatch] {
        let messages = context.interaction.unansweredCustomerMessages
        guard !messages.isEmpty else { return [] }
        var matches: [GuidelineMatch] = []
        switch scorer(for: guidelines, context.snapshot) {
        case .words(let scorer):
            for (guideline, match) in zip(guidelines, scorer.matches(messages: messages))
            where match.score >= ConditionScorer.threshold {
                matches.append(GuidelineMatch(guideline: guideline, rationale: match.rationale, score: match.score))
            }
        case .vectors(let scorer):
            for (guideline, score) in zip(guidelines, try await scorer.score(messages: messages))
            where score >= EmbeddingConditionScorer.threshold {
                let rationale = EmbeddingConditionScorer.rationale(score)
                matches.append(GuidelineMatch(guideline: guideline, rationale: rationale, score: score))
            }
        }
        return matches.isEmpty ? reopened(guidelines, context) : matches
    }

    /// The guidelines that asked for something apply again when the message brings up nothing else: an answer need not
    /// share a word with their condition.
    private func reopened(_ guidelines: [Guideline], _ context: TurnContext) -> [GuidelineMatch] {
        guard let question = context.pendingQuestion else { return [] }
        return guidelines.filter { guideline in
            question.guidelines.contains(guideline.id) && guideline.tools.contains(question.tool)
        }.map { GuidelineMatch(guideline: $0, rationale: "its question was not answered yet", score: 0.5) }
    }

    private func scorer(for guidelines: [Guideline], _ snapshot: AgentSnapshot) -> Scorer {
        prepared.withLock { prepared in
            if let known = prepared[snapshot.agent.id], known.generation == snapshot.generation { return known.scorer }
            let scorer: Scorer =
                embedder.map { embedder in
                    let texts = guidelines.map { (condition: $0.content.condition, examples: $0.examples) }
                    return .vectors(EmbeddingConditionScorer(texts, embedder: embedder))
                } ?? .words(ConditionScorer(guidelines))
            prepared[snapshot.agent.id] = Prepared(generation: snapshot.generation, scorer: scorer)
            return scorer
        }
    }
}
