import Logging
import ParlantCore

/// What was found about conditions.
struct Verdicts: Sendable {
    /// Guidelines that apply.
    var matches: [GuidelineMatch] = []
    /// Of the conditions that journeys asked about, those that hold.
    var holding: Set<JudgedCondition.ID> = []
}

/// Decides which of the conditions that no code decides hold in this turn.
protocol ConditionMatcher: Sendable {
    /// Judges the conditions of guidelines, and what journeys ask about, together.
    ///
    /// - Returns: Guidelines of `guidelines` that apply, in any order, and those of `questions` that hold.
    func match(
        _ guidelines: [Guideline], _ questions: [JudgedCondition], in context: TurnContext
    ) async throws -> Verdicts
    /// Whether what journeys ask is presumed where there is nothing else to judge.
    func presumes(in context: TurnContext) -> Bool
    /// Forgets what it remembers of a session that was deleted.
    func forget(_ session: SessionID)
}

extension ConditionMatcher {
    func presumes(in context: TurnContext) -> Bool { true }
    func forget(_ session: SessionID) {}
}

/// Finds the guidelines that apply in a turn: those with a matcher by their code, all at once; the others by their
/// conditions.
struct GuidelineMatcher: Sendable {
    let conditions: any ConditionMatcher
    let logger: Logger

    /// Those of `guidelines` that apply, in the order of importance: higher priority, then higher criticality, then
    /// higher score, then order of definition; and what holds of `questions`.
    ///
    /// - Throws: what the condition matcher throws. A matcher of the script that fails means that its guideline does
    ///   not apply; the log says why.
    func match(
        _ guidelines: [Guideline], _ questions: [JudgedCondition] = [], in context: TurnContext
    ) async throws -> Verdicts {
        async let decided = byCode(guidelines.filter { $0.matcher == .code }, in: context)
        let judged = guidelines.filter { $0.matcher == .condition }
        let always = guidelines.filter { $0.matcher == .always }
            .map { GuidelineMatch(guideline: $0, rationale: "it always applies") }
        var verdicts = Verdicts()
        if judged.isEmpty, conditions.presumes(in: context), !questions.contains(where: { $0.presumed == nil }) {
            // Nothing is worth a request: what journeys ask about besides is presumed.
            verdicts.holding = Set(questions.filter { $0.presumed == true }.map(\.id))
        } else {
            verdicts = try await conditions.match(judged, questions, in: context)
        }
        verdicts.matches = Self.sorted(always + verdicts.matches + (try await decided), as: guidelines)
        return verdicts
    }

    private func byCode(_ guidelines: [Guideline], in context: TurnContext) async throws -> [GuidelineMatch] {
        try await withThrowingTaskGroup(of: GuidelineMatch?.self) { group in
            for guideline in guidelines {
                group.addTask {
                    do {
                        let handlers = context.snapshot.handlers
                        let verdict = try await handlers.match(guideline, in: context.handlerContext)
                        guard verdict.applies else { return nil }
                        return GuidelineMatch(
                            guideline: guideline, rationale: verdict.reason ?? "its matcher says so")
                    } catch let error as CancellationError {
                        throw error
                    } catch {
                        context.recorder.note { $0.matching.failed.insert(guideline.id) }
                        logger.error(
                            "matcher failed; its guideline does not apply",
                            metadata: ["guideline": "\(guideline.id)", "error": "\(error)"])
                        return nil
                    }
                }
            }
            return try await group.reduce(into: []) { matches, match in
                if let match { matches.append(match) }
            }
        }
    }

    static func sorted(
        _ matches: [GuidelineMatch], as guidelines: [Guideline], _ further: [GuidelineMatch] = []
    ) -> [GuidelineMatch] {
        guard matches.count > 1 else { return matches }
        // Only what matched has a place: a turn matches few of many guidelines.
        var order = Dictionary(
            matches.map { ($0.guideline.id, Int.max) }, uniquingKeysWith: { first, _ in first })
        func place(_ id: GuidelineID, at place: Int) {
            if order[id] == Int.max { order[id] = place }
        }
        for index in guidelines.indices { place(guidelines[index].id, at: index) }
        for index in further.indices { place(further[index].guideline.id, at: guidelines.count + index) }
        return matches.sorted { left, right in
            let (a, b) = (left.guideline, right.guideline)
            if a.priority != b.priority { return a.priority > b.priority }
            if a.criticality != b.criticality { return a.criticality > b.criticality }
            if left.score != right.score { return left.score > right.score }
            return order[a.id, default: 0] < order[b.id, default: 0]
        }
    }
}
