import ParlantCore

/// Asks a model which tools run with which arguments: in one short question about those without consequences, and
/// beside it with a careful question for each that has some.
struct ModelArgumentInference: ArgumentInference {
    let promptMessages: Int

    func judge(
        _ triage: ToolTriage, matches: [GuidelineMatch], runs: [ToolRun], _ earlier: EarlierCalls,
        in context: TurnContext
    ) async throws -> ToolJudgement {
        let shared = ToolQuestion(matches: matches, runs: runs, promptMessages: promptMessages)
        var questions: [Question] = triage.careful.map { .careful(CarefulToolQuestion(group: $0, shared: shared)) }
        if !triage.brief.isEmpty {
            let called = earlier.tools.union(runs.filter(\.hasExecuted).map(\.call.tool.description))
            questions.append(.brief(BriefToolQuestion(groups: triage.brief, shared: shared, called: called)))
        }
        return try await withThrowingTaskGroup(of: (Int, ToolJudgement).self) { group in
            for (index, question) in questions.enumerated() {
                group.addTask { (index, try await question.ask(in: context)) }
            }
            var answers: [(Int, ToolJudgement)] = []
            for try await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.reduce(into: ToolJudgement()) { $0.add($1.1) }
        }
    }

    private enum Question {
        case brief(BriefToolQuestion)
        case careful(CarefulToolQuestion)

        func ask(in context: TurnContext) async throws -> ToolJudgement {
            let request =
                switch self {
                case .brief(let question): question.request(in: context)
                case .careful(let question): question.request(in: context)
                }
            let answer = try await context.models.generate(request, for: .toolCalls).content
            let (proposals, verdicts) =
                switch self {
                case .brief(let question): question.read(answer)
                case .careful(let question): question.read(answer)
                }
            return ToolJudgement(proposals: proposals, verdicts: verdicts)
        }
    }
}
