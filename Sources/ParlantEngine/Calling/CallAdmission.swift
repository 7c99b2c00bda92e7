import ParlantCore

/// A call as somebody proposes it: a model, the words of the customer, or a script.
struct ProposedCall: Sendable {
    var candidate: ToolCandidate
    /// Values by parameter, as they came.
    var arguments: JSONObject
    /// Values that the customer gave and that cannot be used, by parameter, each with the sentence that says so.
    var unusable: [String: String] = [:]
    /// Whether the customer wants it once more, after they were told of an earlier call that is the same.
    var isWantedAgain = false
    /// One sentence that says why.
    var reason: String
}

/// Lets proposed calls through to the tools, or says why not. The same call is never made twice for one decision of the
/// customer: not within an answer, not in a later round of the turn, and, where it cannot be undone, not in a later turn
/// unless the customer wants it again.
struct CallAdmission: Sendable {
    private let runs: [ToolRun]
    private let earlier: EarlierCalls
    private let groups: [[ToolCandidate]]
    private(set) var plan: ToolPlan

    /// What the triage decided stands.
    ///
    /// - Parameters:
    ///   - runs: What ran before in this turn.
    ///   - earlier: What ran in earlier turns.
    init(_ triage: ToolTriage, after runs: [ToolRun], _ earlier: EarlierCalls) {
        self.runs = runs
        self.earlier = earlier
        groups = triage.open
        plan = ToolPlan(verdicts: triage.verdicts)
        for call in triage.calls { run(call, "it needs nothing and changes nothing") }
    }

    /// Takes a judge's word about a candidate that it does not want to run.
    mutating func note(_ verdict: ToolVerdict) {
        if !plan.verdicts.contains(where: { $0.tool == verdict.tool }) { plan.verdicts.append(verdict) }
    }

    /// Lets the call run if it may.
    mutating func admit(_ proposal: ProposedCall) {
        let tool = proposal.candidate.tool
        var arguments: JSONObject = [:]
        for parameter in tool.parameters {
            guard let value = proposal.arguments[parameter.name], !value.isNull else { continue }
            // Models write an empty text where there is nothing.
            if parameter.isRequired, let text = value.string, text.trimmed.isEmpty { continue }
            arguments[parameter.name] = value
        }
        let problems = Self.problems(of: arguments, proposal)
        let call = ToolCall(tool: tool.id, arguments: arguments)
        if let repetition = repetition(call, proposal) {
            if repetition == .told { plan.withheld.append(call) }
            plan.verdicts.append(
                ToolVerdict(tool.id, .dataAlreadyInContext, repetition.rawValue, arguments: arguments))
        } else if let pick = pick(insteadOf: tool.id) {
            plan.verdicts.append(ToolVerdict(tool.id, .notNeeded, "\(pick) does it in this turn", arguments: arguments))
        } else if let run = runs.first(where: { !$0.hasExecuted && isSame($0.call, call, tool) }) {
            plan.verdicts.append(ToolVerdict(tool.id, .cannotRun, run.failureText, arguments: arguments))
        } else if problems.isEmpty {
            run(call, proposal.reason)
        } else {
            let names = problems.map(\.parameter.name).joined(separator: ", ")
            plan.verdicts.append(
                ToolVerdict(tool.id, .cannotRun, "missing or unusable: \(names)", arguments: arguments))
            plan.problems += problems.filter { problem in
                !plan.problems.contains { $0.tool == problem.tool && $0.parameter.name == problem.parameter.name }
            }
        }
    }

    /// The plan, with a verdict for each candidate and the calls in the order of the candidates.
    func concluded(_ candidates: [ToolCandidate]) -> ToolPlan {
        var plan = plan
        let order = Dictionary(uniqueKeysWithValues: candidates.enumerated().map { ($1.tool.id, $0) })
        plan.calls = plan.calls.enumerated()
            .sorted { (order[$0.element.tool] ?? 0, $0.offset) < (order[$1.element.tool] ?? 0, $1.offset) }
            .map(\.element)
        for candidate in candidates {
            let tool = candidate.tool.id
            let group = groups.first { $0.contains { $0.tool.id == tool } } ?? []
            plan.candidates[tool] = (candidate.owners, Set(group.map(\.tool.id)).subtracting([tool]))
            if !plan.verdicts.contains(where: { $0.tool == tool }) {
                plan.verdicts.append(ToolVerdict(tool, .notNeeded, "the conversation does not ask for it now"))
            }
            // What is withheld may still be wanted: it counts as done for nobody.
            if plan.verdicts.contains(where: { $0.tool == tool && $0.outcome == .dataAlreadyInContext }),
                !plan.withheld.contains(where: { $0.tool == tool })
            {
                plan.known[tool] = earlier.words(of: tool) ?? ""
            }
        }
        return plan
    }

    private mutating func run(_ call: ToolCall, _ reason: String) {
        plan.calls.append(call)
        plan.verdicts.append(ToolVerdict(call.tool, .needsToRun, reason, arguments: call.arguments))
    }

    /// Of what a call would be a repetition.
    private enum Repetition: String {
        case running = "the same call runs already"
        case ran = "the same call ran in this turn"
        case untold = "the same call ran before, and the customer has not been told of it yet"
        case told = "the same call ran in an earlier turn, and nobody wants it again"
    }

    /// Nil when the call was not made before, or is wanted again.
    private func repetition(_ call: ToolCall, _ proposal: ProposedCall) -> Repetition? {
        let tool = proposal.candidate.tool
        if plan.calls.contains(where: { isSame($0, call, tool) }) { return .running }
        if runs.contains(where: { $0.hasExecuted && isSame($0.call, call, tool) }) { return .ran }
        guard tool.consequential, let isTold = earlier.isTold(call, of: tool) else { return nil }
        guard isTold else { return .untold }
        return proposal.isWantedAgain ? nil : .told
    }

    private func isSame(_ left: ToolCall, _ right: ToolCall, _ tool: Tool) -> Bool {
        left.tool == right.tool
            && JSONValue.object(CallIdentity.of(left.arguments, for: tool))
                == JSONValue.object(CallIdentity.of(right.arguments, for: tool))
    }

    /// The overlapping tool that runs already.
    private func pick(insteadOf tool: ToolID) -> ToolID? {
        let group = groups.first { $0.contains { $0.tool.id == tool } } ?? []
        return plan.calls.map(\.tool).first { call in call != tool && group.contains { $0.tool.id == call } }
    }

    /// What is missing, and what cannot be used whoever asks again. A value of the wrong form is let through to the
    /// tool's own check: it is the judge's mistake, who then hears of it.
    private static func problems(of arguments: JSONObject, _ proposal: ProposedCall) -> [ParameterProblem] {
        let candidate = proposal.candidate
        return candidate.tool.parameters.compactMap { parameter in
            let choices = candidate.choices[parameter.name]
            func problem(_ reason: String?) -> ParameterProblem {
                ParameterProblem(tool: candidate.tool.id, parameter: parameter, reason: reason, choices: choices ?? [])
            }
            if let reason = proposal.unusable[parameter.name] { return problem(reason) }
            guard let value = arguments[parameter.name] else { return parameter.isRequired ? problem(nil) : nil }
            guard parameter.kind.canonical(value) != nil,
                case .failure(let violation) = parameter.check(value, choices: choices)
            else { return nil }
            return problem(violation.message)
        }
    }
}
