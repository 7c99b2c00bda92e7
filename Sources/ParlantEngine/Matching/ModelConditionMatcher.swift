import Logging
import ParlantCore
import Synchronization

/// Has a model judge conditions: one request for all of them unless they are very many, none for what is known.
final class ModelConditionMatcher: ConditionMatcher {
    private let policy: MatchingPolicy
    private let promptMessages: Int
    private let logger: Logger
    private let vectors = ConditionVectors()
    private let known = VerdictCache()
    private let sheets = Mutex<[AgentID: (generation: Int, sheet: ConditionSheet)]>([:])

    init(policy: MatchingPolicy, promptMessages: Int, logger: Logger) {
        self.policy = policy
        self.promptMessages = promptMessages
        self.logger = logger
    }

    func forget(_ session: SessionID) { known.forget(session) }

    func match(
        _ guidelines: [Guideline], _ questions: [JudgedCondition], in context: TurnContext
    ) async throws -> Verdicts {
        let sheet = sheet(of: context.snapshot)
        let followed = Set(context.session.agentState.appliedGuidelines)
        let candidates = try await narrowed(guidelines, by: sheet, followed, in: context)
        let numbered = NumberedGuidelines(candidates, on: sheet, policy)
        let kinds = Dictionary(
            uniqueKeysWithValues: numbered.entries.map { entry in
                (entry.number, followed.contains(entry.id) ? entry.kinds.followed : entry.kinds.fresh)
            })
        let prompt = MatchingPrompt(context, messages: promptMessages)
        let fingerprint = VerdictCache.Fingerprint(context.agent.id, prompt.evidence)
        let keys = Dictionary(
            uniqueKeysWithValues: numbered.entries.map { entry in
                let kind = kinds[entry.number] ?? .actionable
                return (entry.number, VerdictCache.Key(number: entry.number, line: entry.line, kind: kind))
            })
        var verdicts = Verdicts()
        var reasons =
            policy.keepsVerdicts
            ? known.verdicts(Array(keys.values), of: context.session.id, by: fingerprint) : [:]
        let open = numbered.entries.filter { entry in keys[entry.number].map { reasons[$0] == nil } ?? true }
        if open.isEmpty, !questions.contains(where: { $0.presumed == nil }) {
            // Nothing is worth a request: what journeys ask about besides is presumed.
            verdicts.holding = Set(questions.filter { $0.presumed == true }.map(\.id))
        } else {
            let low = policy.judgesLowCriticalityTogether ? [] : candidates.filter { $0.criticality == .low }.map(\.id)
            let batches = MatchingBatch.cut(open, questions, from: sheet, policy, apart: Set(low))
            let answers = try await ask(batches, kinds, prompt, in: context)
            for entry in open {
                if let key = keys[entry.number] { reasons[key] = .some(answers.reasons[entry.number]) }
            }
            verdicts.holding = answers.holding
            if policy.keepsVerdicts { known.keep(reasons, of: context.session.id, by: fingerprint) }
        }
        verdicts.matches = zip(numbered.entries, numbered.places).compactMap { entry, place in
            guard let key = keys[entry.number], let reason = reasons[key] ?? nil else { return nil }
            return GuidelineMatch(guideline: candidates[place], rationale: reason)
        }
        return verdicts
    }

    /// Those that could hold. What was asked for in the last reply is judged in any case: its answer need not resemble
    /// the condition.
    private func narrowed(
        _ guidelines: [Guideline], by sheet: ConditionSheet, _ followed: Set<GuidelineID>, in context: TurnContext
    ) async throws -> [Guideline] {
        // A few that are judged anew, because of what a tool found, need not resemble what the customer said.
        guard let narrowing = sheet.narrowing, guidelines.count >= policy.narrowsFrom ?? .max else { return guidelines }
        let asking = context.pendingQuestion?.guidelines ?? []
        let kept = try await vectors.candidates(
            by: narrowing, applied: followed.union(asking), in: context, logger)
        guard let kept else { return guidelines }
        var (candidates, narrowed): ([Guideline], [GuidelineID]) = ([], [])
        for guideline in guidelines {
            if kept.contains(guideline.id) || sheet.entry(of: guideline.id) == nil {
                candidates.append(guideline)
            } else {
                narrowed.append(guideline.id)
            }
        }
        context.recorder.note { $0.matching.narrowed.formUnion(narrowed) }
        return candidates
    }

    private struct Answers: Sendable {
        /// Of the conditions that hold, by number.
        var reasons: [Int: String] = [:]
        var holding: Set<JudgedCondition.ID> = []
    }

    /// All batches at once.
    private func ask(
        _ batches: [MatchingBatch], _ kinds: [Int: MatchingKind], _ prompt: MatchingPrompt, in context: TurnContext
    ) async throws -> Answers {
        try await withThrowingTaskGroup(of: Answers.self) { group in
            for batch in batches {
                group.addTask {
                    let answer = try await context.models.generate(
                        prompt.request(for: batch, kinds: kinds), for: batch.judged.isEmpty ? .journey : .matching)
                    return Self.read(answer.content, of: batch)
                }
            }
            return try await group.reduce(into: Answers()) { all, one in
                all.reasons.merge(one.reasons) { first, _ in first }
                all.holding.formUnion(one.holding)
            }
        }
    }

    private static func read(_ content: JSONValue, of batch: MatchingBatch) -> Answers {
        let questions = Dictionary(
            batch.questions.map { ($0.number, $0.question.id) }, uniquingKeysWith: { first, _ in first })
        var answers = Answers()
        for verdict in content["applies"]?.array ?? [] {
            guard let integer = verdict["number"]?.integer, let number = Int(exactly: integer) else { continue }
            if let question = questions[number] {
                answers.holding.insert(question)
            } else if batch.judged.contains(number), answers.reasons[number] == nil {
                answers.reasons[number] = verdict["reason"]?.string ?? "the model says so"
            }
            // A number that nobody asked about is the model's mistake: it decides nothing.
        }
        return answers
    }

    private func sheet(of snapshot: AgentSnapshot) -> ConditionSheet {
        sheets.withLock { sheets in
            let id = snapshot.agent.id
            if let known = sheets[id], known.generation == snapshot.generation { return known.sheet }
            let sheet = ConditionSheet(snapshot, policy)
            sheets[id] = (snapshot.generation, sheet)
            return sheet
        }
    }
}

/// The guidelines of one pass with their numbers: those of the sheet, and further ones for guidelines that are not on
/// it.
private struct NumberedGuidelines {
    /// In the order of the guidelines, each once.
    private(set) var entries: [ConditionSheet.Entry] = []
    /// Where the guideline of each entry stands among the candidates; they are large to copy.
    private(set) var places: [Int] = []

    init(_ candidates: [Guideline], on sheet: ConditionSheet, _ policy: MatchingPolicy) {
        var seen: Set<GuidelineID> = []
        var next = sheet.nextNumber
        for place in candidates.indices where seen.insert(candidates[place].id).inserted {
            if let entry = sheet.entry(of: candidates[place].id) {
                entries.append(entry)
            } else {
                entries.append(ConditionSheet.entry(of: candidates[place], number: next, policy))
                next += 1
            }
            places.append(place)
        }
    }
}
