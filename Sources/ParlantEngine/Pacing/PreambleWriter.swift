import Logging
import ParlantCore

/// Finds the quick first words of a turn: a canned response that is tagged as a preamble, else a small model's words in
/// the way of the agent's `preamble`. In strict mode, and without a model, canned ones only.
struct PreambleWriter: Sendable {
    /// Most characters of a model's first words; longer ones are not said.
    static let maxCharacters = 160
    /// Newest messages that a model reads.
    private static let promptMessages = 6

    let logger: Logger

    /// Nil when there are none; why, the log says, or a budget.
    func words(in context: TurnContext) async -> String? {
        let canned = canned(in: context)
        if !canned.isEmpty { return choose(canned, in: context) }
        guard context.models.canWrite, context.agent.compositionMode != .strict else { return nil }
        do {
            let answer = try await context.models.generate(request(in: context), for: .preamble)
            return Self.usable(answer.content["message"]?.string ?? "")
        } catch  where error is CancellationError || error is BudgetExhausted {
            return nil
        } catch {
            logger.warning("no preamble: the model failed", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// One line of plain text, without white space around it; nil for anything else.
    static func usable(_ text: String) -> String? {
        guard let start = text.firstIndex(where: { !$0.isWhitespace }),
            let end = text.lastIndex(where: { !$0.isWhitespace })
        else { return nil }
        let words = String(text[start...end])
        return words.count <= maxCharacters && !words.contains(where: \.isNewline) ? words : nil
    }

    private func canned(in context: TurnContext) -> [(response: CannedResponse, text: String)] {
        let offered = Set(context.snapshot.agentCannedResponses)
        let fields = Composition().allFields(in: context)
        return context.snapshot.cannedResponses.compactMap { response in
            guard offered.contains(response.id), response.tags.contains(CannedResponse.preambleTag),
                response.fieldDependencies.allSatisfy({ CannedResponseTemplate.hasValue($0, in: fields) }),
                let text = try? response.template.render(fields)
            else { return nil }
            return (response, text)
        }
    }

    /// The one that is about what was said; where none is, one after the other. No model is asked: a wrong choice among
    /// an author's own first words costs nothing, and first words must be quick.
    private func choose(_ canned: [(response: CannedResponse, text: String)], in context: TurnContext) -> String {
        let messages = context.interaction.unansweredCustomerMessages
        let scores = CannedResponseScorer(canned.map(\.response)).matches(messages: messages).map(\.score)
        let best = zip(canned, scores).filter { $0.1 >= ConditionScorer.threshold }.max { $0.1 < $1.1 }
        let earlier = context.interaction.messages.count(where: \.isPreamble)
        return best?.0.text ?? canned[earlier % canned.count].text
    }

    private func request(in context: TurnContext) -> GenerationRequest {
        let preamble = context.agent.preamble ?? Preamble()
        var system = PromptBuilder()
        system.section(
            "Task",
            [
                PromptBuilder.identity(of: context.agent),
                "Write the first few words with which the agent shows at once that the message has arrived, before it "
                    + "looks into it: at most ten words, in the customer's language. They answer, promise, state and "
                    + "ask nothing.",
            ])
        system.section("They sound like this", preamble.examples.map { "- \($0)" })
        system.section("Rules", preamble.instructions.map { "- \($0)" })
        var prompt = PromptBuilder()
        prompt.conversation(context.interaction, limit: Self.promptMessages)
        return GenerationRequest(
            system: system.text, prompt: prompt.text, schemaName: "preamble",
            schema: [
                "type": "object", "properties": ["message": ["type": "string"]], "required": ["message"],
                "additionalProperties": false,
            ], temperature: 0.3, maxTokens: 64, size: .nano)
    }
}
