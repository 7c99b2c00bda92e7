import ParlantCore

/// What every question about tools shares: what the turn is about, which tools there are, and the schemas of values.
struct ToolQuestion: Sendable {
    let matches: [GuidelineMatch]
    /// What ran before in this turn.
    let runs: [ToolRun]
    let promptMessages: Int

    /// The part of a request that does not change over a conversation while the same tools are asked about.
    func system(_ task: String, _ groups: [[ToolCandidate]], _ context: TurnContext) -> String {
        var system = PromptBuilder()
        system.section("Task", [PromptBuilder.identity(of: context.agent), task])
        system.section("Tools", groups.joined().map(describe))
        system.section(
            "Tools that do similar things; of each line run the one that fits best, and no other",
            groups.filter { $0.count > 1 }.map { "- " + $0.map(\.tool.id.description).joined(separator: ", ") })
        return system.text
    }

    /// The conversation, and what is known besides.
    func prompt(_ context: TurnContext) -> String {
        var prompt = PromptBuilder()
        prompt.section(
            "Guidelines that apply",
            matches.map { match in
                let content = match.guideline.content
                return "- When \(content.condition ?? "always"): \(content.action ?? "use the tools")"
            })
        prompt.customer(context)
        prompt.knowledge(context)
        prompt.conversation(context.interaction, limit: promptMessages)
        prompt.toolResults(context.interaction, runs)
        prompt.time(context)
        return prompt.text
    }

    private func describe(_ candidate: ToolCandidate) -> String {
        let tool = candidate.tool
        var line = "- \(tool.id): \(tool.description)"
        if tool.consequential { line += " It cannot be undone: run it only when the customer clearly wants it." }
        for parameter in tool.parameters { line += "\n  - \(describe(parameter))" }
        return line
    }

    private func describe(_ parameter: ToolParameter) -> String {
        var line = "\(parameter.name) (\(parameter.kind.rawValue)\(parameter.isRequired ? "" : ", optional"))"
        if let description = parameter.description { line += ": \(description)" }
        if let significance = parameter.significance { line += " \(significance)" }
        if !parameter.examples.isEmpty {
            line += " For example \(parameter.examples.map(\.brief).joined(separator: ", "))."
        }
        switch parameter.source {
        case .any: break
        case .context: line += " Never what the customer says: only what the rest of the context gives."
        case .customer: line += " Only what the customer said counts."
        }
        return line
    }

    /// A value of a parameter. Where choices are listed, a text of the customer's own may stand beside them, so that
    /// a value that is none of them can be said and is not bent into one.
    static func valueSchema(of parameter: ToolParameter, _ candidate: ToolCandidate) -> [JSONValue] {
        if let choices = candidate.choices[parameter.name], !choices.isEmpty {
            return [["enum": .array(choices)], ["type": "string"]]
        }
        if parameter.kind == .array {
            return [["type": "array", "items": ["type": .string((parameter.itemKind ?? .string).schemaType)]]]
        }
        return [["type": .string(parameter.kind.schemaType)]]
    }

    /// An object with all of these members and no others, as strict decoding wants it.
    static func object(_ members: JSONObject) -> JSONValue {
        [
            "type": "object", "properties": .object(members),
            "required": .array(members.keys.map(JSONValue.string)), "additionalProperties": false,
        ]
    }

    /// One of several schemas.
    static func anyOf(_ schemas: [JSONValue]) -> JSONValue {
        schemas.count == 1 ? schemas[0] : ["anyOf": .array(schemas)]
    }

    /// The candidate that a part of an answer names.
    static func candidate(_ answer: JSONValue, _ groups: [[ToolCandidate]]) -> ToolCandidate? {
        guard let name = answer["tool"]?.string else { return nil }
        return groups.joined().first { $0.tool.id.description == name }
    }
}

extension ToolParameter.Kind {
    /// The type's name in JSON schema.
    fileprivate var schemaType: String {
        switch self {
        case .string, .date, .datetime, .path, .uuid: "string"
        case .number, .timedelta: "number"
        case .integer: "integer"
        case .boolean: "boolean"
        case .array: "array"
        }
    }
}
