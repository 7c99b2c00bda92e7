import ParlantCore

/// What code can say about the candidates of one round, and who judges the rest (`domain.md` 1.5).
///
/// - A tool that has run in this turn for the same guidelines is settled, and so are those it was picked from. One whose
///   arguments were refused is not.
/// - A consequential tool that has run in this turn is settled, whoever wants it now.
/// - One without parameters that overlaps with no other and has no effect that cannot be undone runs at once.
/// - Of the others, each consequential one is judged alone and with care, or together with those that overlap with it;
///   all that remain share one short question.
struct ToolTriage: Sendable {
    /// Runs without a question.
    private(set) var calls: [ToolCall] = []
    /// About what is settled.
    private(set) var verdicts: [ToolVerdict] = []
    /// Judged in one short question. Of each inner group at most one tool runs.
    private(set) var brief: [[ToolCandidate]] = []
    /// Judged with care, in a question for each group. Of each group at most one tool runs.
    private(set) var careful: [[ToolCandidate]] = []

    /// Sorts the candidates of a round.
    ///
    /// - Parameter runs: What ran before in this turn.
    init(_ candidates: [ToolCandidate], after runs: [ToolRun], _ relationships: [Relationship]) {
        for group in ToolOverlap.groups(of: candidates, relationships) {
            let open = group.filter { candidate in
                guard let verdict = Self.settled(candidate, runs) else { return true }
                verdicts.append(verdict)
                return false
            }
            guard let first = open.first else { continue }
            if open.contains(where: \.tool.consequential) {
                careful.append(open)
            } else if open.count == 1, first.tool.parameters.isEmpty {
                calls.append(ToolCall(tool: first.tool.id, arguments: [:]))
            } else {
                brief.append(open)
            }
        }
    }

    /// All that somebody has to judge.
    var open: [[ToolCandidate]] { brief + careful }

    /// The same without these tools among what has to be judged.
    func without(_ tools: Set<ToolID>) -> ToolTriage {
        func rest(_ groups: [[ToolCandidate]]) -> [[ToolCandidate]] {
            groups.map { $0.filter { !tools.contains($0.tool.id) } }.filter { !$0.isEmpty }
        }
        var triage = self
        (triage.brief, triage.careful) = (rest(brief), rest(careful))
        return triage
    }

    /// The same with the allowed values of what has to be judged, by tool and parameter.
    func with(_ choices: [ToolID: [String: [JSONValue]]]) -> ToolTriage {
        func filled(_ groups: [[ToolCandidate]]) -> [[ToolCandidate]] {
            groups.map { group in
                group.map { candidate in
                    var candidate = candidate
                    candidate.choices = choices[candidate.tool.id] ?? [:]
                    return candidate
                }
            }
        }
        var triage = self
        (triage.brief, triage.careful) = (filled(brief), filled(careful))
        return triage
    }

    private static func settled(_ candidate: ToolCandidate, _ runs: [ToolRun]) -> ToolVerdict? {
        let tool = candidate.tool
        for run in runs where run.hasExecuted {
            if run.call.tool == tool.id {
                guard tool.consequential || tool.parameters.isEmpty || candidate.owners.isSubset(of: run.owners) else {
                    continue
                }
                return ToolVerdict(tool.id, .dataAlreadyInContext, "it ran in this turn", arguments: run.call.arguments)
            }
            if run.rivals.contains(tool.id), run.result != nil {
                return ToolVerdict(tool.id, .notNeeded, "\(run.call.tool) did it in this turn")
            }
        }
        return nil
    }
}
