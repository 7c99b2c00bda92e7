import ParlantCore

/// One question about a tool whose effect cannot be undone, or about several that overlap with it: first the reasons,
/// then a verdict for the tool and for each argument (`domain.md` 1.5).
struct CarefulToolQuestion: Sendable {
    static let name = "consequential_tool_call"

    /// What a judge says about one argument.
    enum ArgumentVerdict: String, CaseIterable {
        /// The customer said it.
        case stated
        /// It follows from the rest of the context without a doubt.
        case known
        case missing
        /// The customer said something that cannot be used.
        case invalid
    }

    let group: [ToolCandidate]
    let shared: ToolQuestion

    private static let task =
        "Decide with care whether a tool must run now whose effect cannot be undone. First say in 'rationale' what the "
        + "customer wants done now, and what the tool results show as done already. Then give the outcome: "
        + "'needs_to_run' only when the customer clearly wants it done now and it has not been done for this wish; "
        + "'data_already_in_context' when it has; 'cannot_run' when something that it needs is missing or cannot be "
        + "used; 'not_needed' when the customer does not want it, only asks about it, or has not decided. With "
        + "'needs_to_run' and 'cannot_run' list the call, and judge each argument: quote in 'evidence' the words it comes "
        + "from, then say 'stated' when the customer said it, 'known' when it follows from the rest of the context "
        + "without a doubt, 'missing' when nobody said it, 'invalid' when the customer said something that cannot be "
        + "used. Never guess. 'wanted_again' is true only when the customer asks once more for a call that ran before, "
        + "after the agent had told them of its result."

    /// The request for a model, the large one.
    func request(in context: TurnContext) -> GenerationRequest {
        let outcomes = ToolVerdict.Outcome.allCases.map { JSONValue.string($0.rawValue) }
        return GenerationRequest(
            system: shared.system(Self.task, [group], context), prompt: shared.prompt(context), schemaName: Self.name,
            schema: ToolQuestion.object([
                "rationale": ["type": "string"], "outcome": ["type": "string", "enum": .array(outcomes)],
                "calls": ["type": "array", "items": ToolQuestion.anyOf(group.map(Self.callSchema))],
            ]), size: .large)
    }

    /// Reads the answer. A call runs only where the outcome says so and every argument is as sure as its parameter
    /// wants; without a call that names a tool of the question, nothing runs.
    func read(_ answer: JSONValue) -> (proposals: [ProposedCall], verdicts: [ToolVerdict]) {
        let outcome = answer["outcome"]?.string.flatMap(ToolVerdict.Outcome.init) ?? .notNeeded
        let reason = answer["rationale"]?.string ?? ""
        let verdicts = group.map { ToolVerdict($0.tool.id, outcome, reason) }
        let calls = (answer["calls"]?.array ?? []).compactMap { proposal($0, reason) }
        switch outcome {
        case .needsToRun:
            return (calls, group.map { ToolVerdict($0.tool.id, .notNeeded, "the answer names no call of it") })
        case .cannotRun: return (calls.filter { !$0.isComplete }, verdicts)
        case .dataAlreadyInContext, .notNeeded: return ([], verdicts)
        }
    }

    private func proposal(_ call: JSONValue, _ reason: String) -> ProposedCall? {
        guard let candidate = ToolQuestion.candidate(call, [group]) else { return nil }
        var proposal = ProposedCall(
            candidate: candidate, arguments: [:], isWantedAgain: call["wanted_again"]?.boolean ?? false,
            reason: reason)
        for parameter in candidate.tool.parameters {
            guard let judged = call["arguments"]?[parameter.name],
                let verdict = judged["verdict"]?.string.flatMap(ArgumentVerdict.init)
            else { continue }
            let value = judged["value"] ?? .null
            switch verdict {
            case .stated where parameter.source != .context, .known where parameter.source != .customer:
                proposal.arguments[parameter.name] = value
            case .invalid: proposal.unusable[parameter.name] = Self.complaint(about: value, parameter, candidate)
            case .stated, .known, .missing: continue
            }
        }
        return proposal
    }

    private static func complaint(
        about value: JSONValue, _ parameter: ToolParameter, _ candidate: ToolCandidate
    ) -> String {
        if !value.isNull,
            case .failure(let violation) = parameter.check(value, choices: candidate.choices[parameter.name])
        {
            return violation.message
        }
        return "\(parameter.name): \(value.isNull ? "the value" : value.brief) cannot be used"
    }

    private static func callSchema(_ candidate: ToolCandidate) -> JSONValue {
        let verdicts = ArgumentVerdict.allCases.map { JSONValue.string($0.rawValue) }
        var arguments: JSONObject = [:]
        for parameter in candidate.tool.parameters {
            let value = ToolQuestion.valueSchema(of: parameter, candidate) + [["type": "null"]]
            arguments[parameter.name] = ToolQuestion.object([
                "evidence": ["type": "string"], "verdict": ["type": "string", "enum": .array(verdicts)],
                "value": ["anyOf": .array(value)],
            ])
        }
        return ToolQuestion.object([
            "tool": ["type": "string", "enum": [.string(candidate.tool.id.description)]],
            "arguments": ToolQuestion.object(arguments), "wanted_again": ["type": "boolean"],
        ])
    }
}

extension ProposedCall {
    /// Whether nothing that is required is missing, and nothing is unusable.
    fileprivate var isComplete: Bool {
        unusable.isEmpty && candidate.tool.parameters.allSatisfy { !$0.isRequired || arguments[$0.name] != nil }
    }
}
