import ParlantCore

/// Builds the question that a model is asked for a reply. What changes least over a conversation comes first, so that
/// providers can reuse it.
struct ReplyRequest: Sendable {
    let mode: CompositionMode
    let candidates: [CannedCandidate]
    let composition: Composition
    let promptMessages: Int

    /// The question for an answer by a schema.
    func schematic(in context: TurnContext) -> GenerationRequest {
        GenerationRequest(
            system: system(context, task: task), prompt: prompt(context), schemaName: "reply", schema: schema,
            temperature: mode == .strict ? 0 : 0.3)
    }

    /// The question for free text, which is said as it is written.
    func streamed(in context: TurnContext) -> GenerationRequest {
        let task =
            Self.freeTask + (candidates.isEmpty ? "" : " Use the words of a canned response where one fits.")
            + " Answer with the message alone, without quotation marks around it."
        return .text("reply", system: system(context, task: task), prompt: prompt(context), temperature: 0.3)
    }

    private func system(_ context: TurnContext, task: String) -> String {
        var system = PromptBuilder()
        system.section("Task", [PromptBuilder.identity(of: context.agent), task])
        return system.text
    }

    private func prompt(_ context: TurnContext) -> String {
        var prompt = PromptBuilder()
        prompt.customer(context)
        prompt.knowledge(context)
        prompt.capabilities(context)
        prompt.section("Guidelines that apply now; follow each of them", guidelines)
        prompt.section(
            "Missing or unusable details; ask the customer for them",
            composition.problems.map { "- \($0.insight)" })
        prompt.toolResults(
            context.interaction.withoutHidden(context.snapshot.tools),
            composition.runs.map { $0.withoutHidden(context.snapshot.tools[$0.call.tool]) })
        prompt.section(
            "Facts that were looked up for this reply",
            composition.retrieved.map { "- \($0.retriever): \($0.result.data.string ?? $0.result.data.description)" })
        prompt.passages(composition.passages)
        prompt.section("Canned responses", candidates.enumerated().map { "\($0 + 1). \($1.text)" })
        prompt.conversation(context.interaction, limit: promptMessages)
        prompt.time(context)
        prompt.section(
            "Said a moment ago, to show that the message arrived; go on from there and do not repeat it",
            composition.preamble.map { ["agent: \($0)"] } ?? [])
        return prompt.text
    }

    private static let freeTask =
        "Write the agent's next message, short and natural. State only facts that the conversation, the guidelines or "
        + "the tool results give."

    private var task: String {
        switch mode {
        case .strict:
            "Decide which canned response the agent should say now. First draft what the agent would say; then give the "
                + "number of the response that says the same, with the match \"high\", or of one that says a part of it "
                + "and nothing that does not fit, with the match \"partial\"; or null with the match \"none\". Give the "
                + "number of a second response as the follow_up only when the first leaves out something that the "
                + "customer needs to know now; else null." + fieldsTask
        case .composited:
            "Write the agent's next message. Use the wording and style of the canned responses as far as possible. "
                + "State only facts that the conversation, the guidelines or the tool results give."
        case .fluid, .free:
            Self.freeTask
                + (candidates.isEmpty
                    ? ""
                    : " When one canned response says the same as your message, give its number as well; else null."
                        + fieldsTask)
        }
    }

    private var fieldsTask: String {
        guard mode != .composited, candidates.contains(where: { !$0.generativeFields.isEmpty }) else { return "" }
        return
            " For the placeholders {{generative.name}} of the responses that you chose, give in 'fields' the words that "
            + "take their place: one line of plain text each; null for all others."
    }

    private var schema: JSONValue {
        var properties: JSONObject = ["message": ["type": "string"]]
        let number: JSONValue = ["anyOf": [["type": "integer"], ["type": "null"]]]
        if mode != .composited, !candidates.isEmpty {
            properties["canned_response"] = number
            if mode == .strict {
                properties["match"] = ["type": "string", "enum": ["high", "partial", "none"]]
                properties["follow_up"] = number
            }
            if let fields = GenerativeFields.schema(for: candidates) { properties["fields"] = fields }
        }
        return [
            "type": "object", "properties": .object(properties),
            "required": .array(properties.keys.map(JSONValue.string)), "additionalProperties": false,
        ]
    }

    private var guidelines: [String] {
        composition.matches.compactMap { match in
            guard let action = match.guideline.content.action else { return nil }
            let condition = match.guideline.content.condition.map { "When \($0): " } ?? ""
            let background = match.guideline.content.description.map { " (\($0))" } ?? ""
            return "- \(condition)\(action)\(background)"
        }
    }
}
