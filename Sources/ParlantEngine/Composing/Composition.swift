import ParlantCore

/// What a reply is made from.
struct Composition: Sendable {
    /// In the order of importance.
    var matches: [GuidelineMatch] = []
    /// Tool calls of this turn, in the order in which they ran.
    var runs: [ToolRun] = []
    /// What retrievers brought.
    var retrieved: [Retrieved] = []
    /// Passages of documents that may have the answer, best first.
    var passages: [FoundPassage] = []
    /// What has to be asked for.
    var problems: [ParameterProblem] = []
    /// Values for placeholders, from functions of guidelines.
    var fields: JSONObject = [:]
    /// The quick first words that the customer has already seen in this turn.
    var preamble: String?

    /// The mode in which the reply is written: the strictest of the agent's and those of matched guidelines.
    func mode(for agent: Agent) -> CompositionMode {
        matches.compactMap(\.guideline.compositionMode).reduce(agent.compositionMode) { $0.merged(with: $1) }
    }

    /// Fields that retrievers and tools of this turn gave; tools win over retrievers, and later tools over earlier ones.
    var toolFields: JSONObject {
        results.map(\.cannedResponseFields).reduce(into: [:]) { $0.merge($1) { $1 } }
    }

    /// What retrievers and then tools brought.
    var results: [ToolResult] { retrieved.map(\.result) + runs.compactMap(\.result) }

    /// Why tools of this turn did not do what was asked, as they said it themselves.
    var failureReasons: [String] {
        runs.compactMap { if case .failure(let reason) = $0.outcome { reason } else { nil } }
    }

    /// Whether a tool of this turn broke.
    var hasDefect: Bool { runs.contains { if case .defect = $0.outcome { true } else { false } } }

    /// All values that placeholders can have (`lua-authoring-surface.md` 8, canned response).
    func allFields(in context: TurnContext) -> JSONObject {
        var standard: JSONObject = [
            "customer": ["name": .string(context.customer.name)],
            "agent": ["name": .string(context.agent.name)],
            "variables": .object(context.variables),
        ]
        let missing = problems.filter { $0.reason == nil }
        if !missing.isEmpty {
            standard["missing_params"] = .array(missing.map { .string($0.question) })
        }
        let invalid = problems.compactMap(\.customerReason)
        if !invalid.isEmpty { standard["invalid_params"] = .array(invalid.map(JSONValue.string)) }
        if !failureReasons.isEmpty {
            standard["failure_reason"] = .array(failureReasons.map(JSONValue.string))
        }
        var all = fields
        all.merge(toolFields) { $1 }
        all["std"] = .object(standard)
        return all
    }
}

extension ParameterProblem {
    /// The parameter as a customer is asked for it: its name, and the choices where they are few.
    var question: String {
        guard !choices.isEmpty, choices.count <= 8 else { return parameter.customerName }
        let listed = choices.map { $0.string ?? $0.description }.joined(separator: ", ")
        return "\(parameter.customerName) (\(listed))"
    }
}
