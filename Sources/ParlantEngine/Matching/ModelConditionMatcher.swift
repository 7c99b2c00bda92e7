import ParlantCore

/// Asks a model, in one request, which conditions hold.
struct ModelConditionMatcher: ConditionMatcher {
    let promptMessages: Int

    func match(
        _ guidelines: [Guideline], _ questions: [JudgedCondition], in context: TurnContext
    ) async throws -> Verdicts {
        let request = request(for: guidelines, questions, in: context)
        let answer = try await context.models.generate(request, for: guidelines.isEmpty ? .journey : .matching)
        var verdicts = Verdicts()
        for verdict in answer.content["applies"]?.array ?? [] {
            guard let number = verdict["number"]?.integer, number >= 1 else { continue }
            if number <= guidelines.count {
                verdicts.matches.append(
                    GuidelineMatch(
                        guideline: guidelines[Int(number) - 1],
                        rationale: verdict["reason"]?.string ?? "the model says so"))
            } else if number <= guidelines.count + questions.count {
                verdicts.holding.insert(questions[Int(number) - guidelines.count - 1].id)
            }
            // A number that names no condition is the model's mistake: it decides nothing.
        }
        verdicts.matches = verdicts.matches.uniqued()
        return verdicts
    }

    private func request(
        for guidelines: [Guideline], _ questions: [JudgedCondition], in context: TurnContext
    ) -> GenerationRequest {
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
        prompt.section(
            "More conditions, about what the agent is doing with the customer",
            questions.enumerated().map { index, question in
                "\(guidelines.count + index + 1). (\(question.context)) \(question.text)"
            })
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
                        "type": "array", "items": verdict,
                        "maxItems": .integer(Int64(guidelines.count + questions.count)),
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
