import Logging
import OrderedCollections
import ParlantCore
import Synchronization

/// Vectors of conditions and messages, so that each text is embedded once: conditions when an agent's first turn needs
/// them, and again only what a reload changed; messages in the turn that answers them.
final class ConditionVectors: Sendable {
    /// Agents whose conditions are kept; the one that was used longest ago is forgotten first.
    static let mostAgents = 256
    /// Messages that are kept, so that later passes of a turn ask nothing.
    static let mostMessages = 2_048
    /// Texts in one request: some servers take no more.
    static let mostTexts = 128

    private struct State {
        var conditions: OrderedDictionary<AgentID, [String: UnitVector]> = [:]
        var messages: OrderedDictionary<String, UnitVector> = [:]
    }

    private let state = Mutex(State())

    /// The guidelines that could hold; nil when that cannot be told, so that all have to be judged: without an
    /// embedder, when it fails (the log says so), and whenever ``CandidateNarrowing`` says so.
    ///
    /// - Throws: ``BudgetExhausted``, `CancellationError`.
    func candidates(
        by narrowing: CandidateNarrowing, applied: Set<GuidelineID>, in context: TurnContext, _ logger: Logger
    ) async throws -> Set<GuidelineID>? {
        let queries = CandidateNarrowing.queries(context.interaction)
        guard context.models.canEmbed, !queries.isEmpty else { return nil }
        do {
            let (conditions, said) = try await vectors(of: narrowing.texts, and: queries, in: context)
            return narrowing.candidates(
                in: context.interaction, conditions: conditions, said: said, applied: applied,
                facts: context.facts)
        } catch  where error is CancellationError || error is BudgetExhausted {
            throw error
        } catch {
            logger.warning(
                "conditions are not narrowed: the embedder failed",
                metadata: ["agent": "\(context.agent.id)", "error": "\(error)"])
            return nil
        }
    }

    /// Vectors of texts that belong to the agent, and of what was said, each in the order given.
    ///
    /// - Throws: ``NLPError`` of the embedder, also when its vectors have different lengths; `CancellationError`.
    func vectors(
        of texts: [String], and queries: [String], in context: TurnContext
    ) async throws -> (conditions: [UnitVector], said: [UnitVector]) {
        let agent = context.agent.id
        let wanted = OrderedSet(texts + queries)
        var known = state.withLock { state in
            let conditions = state.conditions[agent] ?? [:]
            return wanted.reduce(into: [String: UnitVector]()) { known, text in
                known[text] = conditions[text] ?? state.messages[text]
            }
        }
        let missing = wanted.filter { known[$0] == nil }
        for start in stride(from: 0, to: missing.count, by: Self.mostTexts) {
            let batch = Array(missing[start..<min(start + Self.mostTexts, missing.count)])
            let vectors = try await context.models.embed(batch)
            guard vectors.count == batch.count, Set(vectors.map(\.count)).count == 1 else {
                throw NLPError(.malformed, "the embedder returned vectors of different lengths; check its model")
            }
            for (text, vector) in zip(batch, vectors) { known[text] = UnitVector(vector) }
        }
        let found = (conditions: texts.compactMap { known[$0] }, said: queries.compactMap { known[$0] })
        if !missing.isEmpty { keep(texts, found.conditions, of: agent, queries, found.said) }
        return found
    }

    private func keep(
        _ texts: [String], _ conditions: [UnitVector], of agent: AgentID, _ queries: [String], _ said: [UnitVector]
    ) {
        state.withLock { state in
            state.conditions[agent] = nil
            state.conditions[agent] = Dictionary(zip(texts, conditions), uniquingKeysWith: { first, _ in first })
            if state.conditions.count > Self.mostAgents { state.conditions.removeFirst() }
            for (text, vector) in zip(queries, said) { state.messages[text] = vector }
            // Half at once, because the rest moves up.
            if state.messages.count > Self.mostMessages { state.messages.removeFirst(Self.mostMessages / 2) }
        }
    }
}
