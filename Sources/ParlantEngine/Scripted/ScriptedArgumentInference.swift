import ParlantCore

/// Calls tools with the arguments of the script, and those that it does not mention as without a model.
struct ScriptedArgumentInference: ArgumentInference {
    let director: any TurnDirector
    private let words = OfflineArgumentInference()

    init(director: any TurnDirector) { self.director = director }

    func judge(
        _ triage: ToolTriage, matches: [GuidelineMatch], runs: [ToolRun], _ earlier: EarlierCalls,
        in context: TurnContext
    ) async throws -> ToolJudgement {
        let scripted = director.script(for: context.session.id).arguments
        var judgement = ToolJudgement()
        for candidate in triage.open.joined() {
            guard let arguments = scripted[candidate.tool.id] else { continue }
            judgement.proposals.append(
                ProposedCall(
                    candidate: candidate, arguments: arguments, isWantedAgain: true, reason: "the test says so"))
        }
        judgement.add(
            try await words.judge(
                triage.without(Set(scripted.keys)), matches: matches, runs: runs, earlier, in: context))
        return judgement
    }
}
