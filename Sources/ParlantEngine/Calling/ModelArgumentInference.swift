import ParlantCore

/// Asks a model, in one request, which tools to run with which arguments. Tools without parameters and without
/// irrevocable effects run without asking (`domain.md` 1.5).
struct ModelArgumentInference: ArgumentInference {
    let promptMessages: Int

    func plan(
        _ candidates: [ToolCandidate], matches: [GuidelineMatch], results: [ToolRun], in context: TurnContext
    ) async throws -> ToolPlan {
        let called = Set(results.map(\.call.tool))
        var plan = ToolPlan()
        var asked: [ToolCandidate] = []
        for candidate in candidates {
            if candidate.tool.parameters.isEmpty, !candidate.tool.consequential {
                if !called.contains(candidate.tool.id) {
                    plan.calls.append(ToolCall(tool: candidate.tool.id, arguments: [:]))
                }
            } else {
                asked.append(candidate)
            }
        }
        guard !asked.isEmpty else { return plan }
        let answer = try await context.models.generate(request(for: asked, matches, results, context), for: .toolCalls)
        for call in answer.content["calls"]?.array ?? [] { read(call, asked, results, &plan) }
        return plan
    }

    /// Takes one call of the answer: runs when all required arguments are there, else says what is missing. The same
    /// call is never made twice in a turn.
    private func read(
        _ call: JSONValue, _ candidates: [ToolCandidate], _ results: [ToolRun], _ plan: inout ToolPlan
    ) {
        guard let name = call["tool"]?.string,
            let candidate = candidates.first(where: { $0.tool.id.description == name })
        else { return }
        var arguments: JSONObject = [:]
        for (key, value) in call["arguments"]?.object ?? [:] where !value.isNull { arguments[key] = value }
        let missing = candidate.tool.parameters.filter { $0.isRequired && arguments[$0.name] == nil }
        guard missing.isEmpty else {
            plan.problems += missing.map {
                ParameterProblem(
                    tool: candidate.tool.id, parameter: $0, reason: nil, choices: candidate.choices[$0.name] ?? [])
            }
            return
        }
        let toolCall = ToolCall(tool: candidate.tool.id, arguments: arguments)
        let isNew = !results.contains { $0.call == toolCall } && !plan.calls.contains(toolCall)
        let isAllowed = !candidate.tool.consequential || !results.contains { $0.call.tool == candidate.tool.id }
        if isNew, isAllowed { plan.calls.append(toolCall) }
    }

    private func request(
        for candidates: [ToolCandidate], _ matches: [GuidelineMatch], _ results: [ToolRun], _ context: TurnContext
    ) -> GenerationRequest {
        var system = PromptBuilder()
        system.section(
            "Task",
            [
                PromptBuilder.identity(of: context.agent),
                "Decide which tools must run now so that the agent can follow its guidelines. Leave out tools whose "
                    + "result is already there. Take arguments from the conversation, word for word where they are "
                    + "names or numbers; give null where the customer has not said it. Never guess.",
            ])
        system.section("Tools", candidates.map(describe))
        var prompt = PromptBuilder()
        prompt.section(
            "Guidelines that apply",
            matches.map { match in
                let content = match.guideline.content
                return "- When \(content.condition ?? "always"): \(content.action ?? "use the tools")"
            })
        prompt.section("Date", ["Today is \(context.today) (UTC)."])
        prompt.customer(context)
        prompt.knowledge(context)
        prompt.conversation(context.interaction, limit: promptMessages)
        prompt.toolResults(context.interaction, results)
        let items = candidates.map(\.callSchema)
        return GenerationRequest(
            system: system.text, prompt: prompt.text, schemaName: "tool_calls",
            schema: [
                "type": "object",
                "properties": [
                    "calls": ["type": "array", "items": items.count == 1 ? items[0] : ["anyOf": .array(items)]]
                ],
                "required": ["calls"], "additionalProperties": false,
            ])
    }

    private func describe(_ candidate: ToolCandidate) -> String {
        let tool = candidate.tool
        var line = "- \(tool.id): \(tool.description)"
        if tool.consequential { line += " It cannot be undone: run it only when the customer clearly wants it." }
        for parameter in tool.parameters {
            line += "\n  - \(parameter.name) (\(parameter.kind.rawValue)\(parameter.isRequired ? "" : ", optional"))"
            if let description = parameter.description { line += ": \(description)" }
            if let significance = parameter.significance { line += " \(significance)" }
            if parameter.source == .customer { line += " Only what the customer said counts." }
        }
        return line
    }
}

extension ToolCandidate {
    /// Schema of one call of this tool. All arguments are required and may be null, as strict decoding wants it.
    fileprivate var callSchema: JSONValue {
        var properties: JSONObject = [:]
        for parameter in tool.parameters {
            properties[parameter.name] = ["anyOf": [valueSchema(of: parameter), ["type": "null"]]]
        }
        return [
            "type": "object",
            "properties": [
                "tool": ["type": "string", "enum": [.string(tool.id.description)]],
                "arguments": [
                    "type": "object", "properties": .object(properties),
                    "required": .array(tool.parameters.map { .string($0.name) }), "additionalProperties": false,
                ],
            ],
            "required": ["tool", "arguments"], "additionalProperties": false,
        ]
    }

    private func valueSchema(of parameter: ToolParameter) -> JSONValue {
        if let choices = choices[parameter.name], !choices.isEmpty { return ["enum": .array(choices)] }
        if parameter.kind == .array {
            return ["type": "array", "items": ["type": .string((parameter.itemKind ?? .string).schemaType)]]
        }
        return ["type": .string(parameter.kind.schemaType)]
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
