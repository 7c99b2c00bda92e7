import ParlantCore

/// Finds arguments without a model: from choices, defaults, and typed values in the customer's messages. Each tool of a
/// matched guideline runs once per turn, as soon as nothing required is missing.
struct OfflineArgumentInference: ArgumentInference {
    func plan(
        _ candidates: [ToolCandidate], matches: [GuidelineMatch], results: [ToolRun], in context: TurnContext
    ) async throws -> ToolPlan {
        var plan = ToolPlan()
        for candidate in candidates where !results.contains(where: { $0.call.tool == candidate.tool.id }) {
            let found = arguments(for: candidate, in: context)
            let missing = candidate.tool.parameters.filter { $0.isRequired && found[$0.name] == nil }
            if missing.isEmpty {
                plan.calls.append(ToolCall(tool: candidate.tool.id, arguments: found))
            } else {
                plan.problems += missing.map {
                    ParameterProblem(
                        tool: candidate.tool.id, parameter: $0, reason: nil,
                        choices: candidate.choices[$0.name] ?? [])
                }
            }
        }
        return plan
    }

    private func arguments(for candidate: ToolCandidate, in context: TurnContext) -> JSONObject {
        let question = context.pendingQuestion.flatMap { $0.tool == candidate.tool.id ? $0.parameter : nil }
        // A journey collects what its tools need over several turns.
        let isOfJourney = candidate.guidelines.contains { $0.journeyState != nil }
        let messages =
            question == nil && !isOfJourney
            ? context.interaction.unansweredCustomerMessages : messagesOfTopic(context)
        return ArgumentFinder.find(
            parameters: candidate.tool.parameters, choices: candidate.choices, messages: messages,
            askedFor: question, today: context.today)
    }

    /// While a question is open, what was said before it counts too: the customer answers one detail at a time.
    private func messagesOfTopic(_ context: TurnContext) -> [String] {
        context.interaction.messages.filter { $0.role == .customer }.suffix(6).map(\.text)
    }
}
