import Logging
import ParlantCore

/// Has a model write the reply, in one request: free text, or the choice of a canned response, by the composition mode
/// (`domain.md` 1.6).
struct ModelComposer: MessageComposer {
    let settings: EngineSettings
    let logger: Logger

    func compose(_ composition: Composition, in context: TurnContext) async throws -> Reply? {
        let isGreeting = context.interaction.messages.isEmpty
        guard !isGreeting || !composition.matches.isEmpty else { return nil }
        let mode = composition.mode(for: context.agent)
        let candidates = mode == .free ? [] : CannedCandidates.collect(composition, in: context, logger)
        if mode == .strict, candidates.isEmpty { return Reply(text: settings.phrases.noMatch) }
        let answer = try await context.models.generate(request(mode, candidates, composition, context), for: .message)
            .content
        let chosen = answer["canned_response"]?.integer.flatMap { number in
            number >= 1 && number <= candidates.count ? candidates[Int(number) - 1] : nil
        }
        if let chosen {
            return Reply(
                text: chosen.text, draft: answer["message"]?.string,
                cannedResponses: [(chosen.response.id, chosen.text)], metadata: chosen.response.metadata)
        }
        if mode == .strict { return Reply(text: settings.phrases.noMatch) }
        guard let text = answer["message"]?.string, text.contains(where: { !$0.isWhitespace }) else {
            throw NLPError(.malformed, "the model wrote an empty message; try again, or use another model")
        }
        return Reply(text: text, isWritten: true)
    }

    private func request(
        _ mode: CompositionMode, _ candidates: [CannedCandidate], _ composition: Composition, _ context: TurnContext
    ) -> GenerationRequest {
        var system = PromptBuilder()
        system.section("Task", [PromptBuilder.identity(of: context.agent), Self.task(mode, !candidates.isEmpty)])
        var prompt = PromptBuilder()
        prompt.customer(context)
        prompt.section("Guidelines that apply now; follow each of them", guidelines(composition))
        prompt.section(
            "Missing or unusable details; ask the customer for them",
            composition.problems.map { $0.reason.map { "- \($0)" } ?? "- \($0.question)" })
        prompt.toolResults(context.interaction, composition.runs)
        prompt.section(
            "Canned responses", candidates.enumerated().map { "\($0 + 1). \($1.text)" })
        prompt.conversation(context.interaction, limit: settings.promptMessages)
        return GenerationRequest(
            system: system.text, prompt: prompt.text, schemaName: "reply",
            schema: Self.schema(mode, candidates.count), temperature: mode == .strict ? 0 : 0.3)
    }

    private static func task(_ mode: CompositionMode, _ hasCandidates: Bool) -> String {
        switch mode {
        case .strict:
            "Choose the number of the canned response that the agent should say now, or null when none fits."
        case .composited:
            "Write the agent's next message. Use the wording and style of the canned responses as far as possible. "
                + "State only facts that the conversation, the guidelines or the tool results give."
        case .fluid, .free:
            "Write the agent's next message, short and natural. State only facts that the conversation, the "
                + "guidelines or the tool results give."
                + (hasCandidates
                    ? " When one canned response says the same as your message, give its number as well; else null."
                    : "")
        }
    }

    private static func schema(_ mode: CompositionMode, _ candidates: Int) -> JSONValue {
        var properties: JSONObject = [:]
        if mode != .strict { properties["message"] = ["type": "string"] }
        if mode != .composited, candidates > 0 {
            properties["canned_response"] = ["anyOf": [["type": "integer"], ["type": "null"]]]
        }
        return [
            "type": "object", "properties": .object(properties),
            "required": .array(properties.keys.map(JSONValue.string)), "additionalProperties": false,
        ]
    }

    private func guidelines(_ composition: Composition) -> [String] {
        let own = composition.matches.compactMap { match -> String? in
            guard let action = match.guideline.content.action else { return nil }
            let condition = match.guideline.content.condition.map { "When \($0): " } ?? ""
            let background = match.guideline.content.description.map { " (\($0))" } ?? ""
            return "- \(condition)\(action)\(background)"
        }
        let transient = composition.runs.flatMap { $0.result?.guidelines ?? [] }.map { guideline in
            "- \(guideline.condition.map { "When \($0): " } ?? "")\(guideline.action)"
        }
        return own + transient
    }
}
