import ParlantCore

/// Finds arguments without a model: from choices, defaults, and typed values in the customer's messages. Each tool of a
/// matched guideline runs once per turn, as soon as nothing required is missing; of overlapping ones that for which the
/// customer's words give most.
struct OfflineArgumentInference: ArgumentInference {
    func judge(
        _ triage: ToolTriage, matches: [GuidelineMatch], runs: [ToolRun], _ earlier: EarlierCalls,
        in context: TurnContext
    ) async throws -> ToolJudgement {
        var judgement = ToolJudgement()
        for group in triage.open {
            let proposals = group.map { candidate in
                ProposedCall(
                    candidate: candidate, arguments: arguments(for: candidate, in: context), isWantedAgain: true,
                    reason: "the customer's words give what it needs")
            }
            if let best = Self.best(proposals) { judgement.proposals.append(best) }
        }
        return judgement
    }

    /// Least is missing, then most was found, then the most important.
    private static func best(_ proposals: [ProposedCall]) -> ProposedCall? {
        func rank(_ place: Int, _ proposal: ProposedCall) -> (missing: Int, given: Int, place: Int) {
            let parameters = proposal.candidate.tool.parameters
            let missing = parameters.count { $0.isRequired && proposal.arguments[$0.name] == nil }
            return (missing, -proposal.arguments.count, place)
        }
        return proposals.enumerated().min { rank($0.offset, $0.element) < rank($1.offset, $1.element) }?.element
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
