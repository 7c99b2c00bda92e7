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
        /// Where each guideline stands in the scorer.
        var positions: [GuidelineID: Int]
    }

    private let usesVectors: Bool
    private let prepared = Mutex<[AgentID: Prepared]>([:])

    /// - Parameter usesVectors: Whether the models of turns can embed, and shall.
    init(usesVectors: Bool) { self.usesVectors = usesVectors }

    func match(
        _ guidelines: [Guideline], _ questions: [JudgedCondition], in context: TurnContext
    ) async throws -> Verdicts {
        let messages = context.interaction.unansweredCustomerMessages
        var matches: [GuidelineMatch] = []
        if !messages.isEmpty, !guidelines.isEmpty {
            matches = try await self.matches(guidelines, messages, in: context)
            if matches.isEmpty { matches = reopened(guidelines, context) }
        }
        // A message that brings up something else answers nothing.
        let isElsewhere = matches.contains { $0.guideline.scope == .agent && !$0.guideline.isObservation }
        let holding = OfflineWayJudge.holding(questions, messages: messages, isElsewhere: isElsewhere)
        return Verdicts(matches: matches, holding: holding)
    }

    private func matches(
        _ guidelines: [Guideline], _ messages: [String], in context: TurnContext
    ) async throws -> [GuidelineMatch] {
        let prepared = prepared(for: context.snapshot)
        let places = guidelines.compactMap { guideline in
            prepared.positions[guideline.id].map { (guideline: guideline, position: $0) }
        }
        switch prepared.scorer {
        case .words(let scorer):
            let found = scorer.matches(messages: messages)
            return places.map { ($0.guideline, found[$0.position]) }.filter { $1.score >= ConditionScorer.threshold }
                .map { GuidelineMatch(guideline: $0, rationale: $1.rationale, score: $1.score) }
        case .vectors(let scorer):
            let found = try await scorer.score(messages: messages, by: context.models.embed)
            return places.map { ($0.guideline, found[$0.position]) }
                .filter { $1 >= EmbeddingConditionScorer.threshold }
                .map {
                    GuidelineMatch(guideline: $0, rationale: EmbeddingConditionScorer.rationale($1), score: $1)
                }
        }
    }

    /// The guidelines that asked for something apply again when the message brings up nothing else: an answer need not
    /// share a word with their condition.
    private func reopened(_ guidelines: [Guideline], _ context: TurnContext) -> [GuidelineMatch] {
        guard let question = context.pendingQuestion else { return [] }
        return guidelines.filter { guideline in
            question.guidelines.contains(guideline.id) && guideline.tools.contains(question.tool)
        }.map { GuidelineMatch(guideline: $0, rationale: "its question was not answered yet", score: 0.5) }
    }

    /// All conditions of the agent, whichever of them a turn asks about: how much a word counts depends on all.
    private func prepared(for snapshot: AgentSnapshot) -> Prepared {
        prepared.withLock { prepared in
            if let known = prepared[snapshot.agent.id], known.generation == snapshot.generation { return known }
            let guidelines = (snapshot.guidelines + snapshot.triggers).filter { $0.matcher == .condition }
            let scorer: Scorer
            if usesVectors {
                let texts = guidelines.map { (condition: $0.content.condition, examples: $0.examples) }
                scorer = .vectors(EmbeddingConditionScorer(texts))
            } else {
                scorer = .words(ConditionScorer(guidelines))
            }
            let positions = Dictionary(
                guidelines.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
            let fresh = Prepared(generation: snapshot.generation, scorer: scorer, positions: positions)
            prepared[snapshot.agent.id] = fresh
            return fresh
        }
    }
}
