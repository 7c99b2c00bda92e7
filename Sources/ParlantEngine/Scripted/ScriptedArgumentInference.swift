import ParlantCore

/// Calls tools with the arguments of the script, and those that it does not mention as without a model.
struct ScriptedArgumentInference: ArgumentInference {
    let director: any TurnDirector
    private let words = OfflineArgumentInference()

    init(director: any TurnDirector) { self.director = director }

    func plan(
        _ candidates: [ToolCandidate], matches: [GuidelineMatch], results: [ToolRun], in context: TurnContext
    ) async throws -> ToolPlan {
        let scripted = director.script(for: context.session.id).arguments
        let open = candidates.filter { scripted[$0.tool.id] == nil }
        var plan = try await words.plan(open, matches: matches, results: results, in: context)
        for candidate in candidates where !results.contains(where: { $0.call.tool == candidate.tool.id }) {
            guard let arguments = scripted[candidate.tool.id] else { continue }
            plan.calls.append(ToolCall(tool: candidate.tool.id, arguments: arguments))
        }
        return plan
    }
}
