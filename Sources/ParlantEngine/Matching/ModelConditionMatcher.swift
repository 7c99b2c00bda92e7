import ParlantCore

/// Asks a model, in one request, which conditions hold.
struct ModelConditionMatcher: ConditionMatcher {
    let promptMessages: Int

    func match(_ guidelines: [Guideline], in context: TurnContext) async throws -> [GuidelineMatch] {
        let answer = try await context.models.generate(request(for: guidelines, in: context), for: .matching)
        return (answer.content["applies"]?.array ?? []).compactMap { verdict in
            // A number that names no guideline is the model's mistake: it decides nothing.
            guard let number = verdict["number"]?.integer, number >= 1, number <= guidelines.count else { return nil }
            return GuidelineMatch(
                guideline: guidelines[Int(number) - 1],
                rationale: verdict["reason"]?.string ?? "the model says so")
        }.uniqued()
    }

    private func request(for guidelines: [Guideline], in context: TurnContext) -> GenerationRequest {
        var system = PromptBuilder()
        system.section(
            "Task",
            [
                PromptBuilder.identity(of: context.agent),
                "Decide which of the numbered conditions hold at this point of the conversation. Judge by the newest "
                    + "customer messages; older ones are background. List only those that hold, with a short reason.",
            ])
        system.section(
            "Conditions",
            guidelines.enumerated().map { index, guideline in
                var line = "\(index + 1). \(guideline.content.condition ?? "")"
                if let description = guideline.content.description { line += " (\(description))" }
                if !guideline.examples.isEmpty {
                    line += " For example: " + guideline.examples.map { "\"\($0)\"" }.joined(separator: ", ")
                }
                return line
            })
        var prompt = PromptBuilder()
        prompt.customer(context)
        prompt.toolResults(context.interaction, [])
        prompt.conversation(context.interaction, limit: promptMessages)
        let verdict: JSONValue = [
            "type": "object",
            "properties": ["number": ["type": "integer"], "reason": ["type": "string"]],
            "required": ["number", "reason"], "additionalProperties": false,
        ]
        return GenerationRequest(
            system: system.text, prompt: prompt.text, schemaName: "guideline_matches",
            schema: [
                "type": "object",
                // The bound keeps a small model from listing the same condition for ever.
                "properties": [
                    "applies": [
                        "type": "array", "items": verdict, "maxItems": .integer(Int64(guidelines.count)),
                    ]
                ],
                "required": ["applies"], "additionalProperties": false,
            ])
    }
}

extension [GuidelineMatch] {
    /// The first match of each guideline.
    fileprivate func uniqued() -> [GuidelineMatch] {
        var seen: Set<GuidelineID> = []
        return filter { seen.insert($0.guideline.id).inserted }
    }
}
