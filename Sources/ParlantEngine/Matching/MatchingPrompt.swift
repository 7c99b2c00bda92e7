import ParlantCore

/// The words in which a model is asked which conditions hold.
///
/// What changes least comes first: who the agent is and its conditions, then the conversation, which only grows, then
/// what belongs to this turn alone. So the requests of a conversation begin with the same bytes, as far as they can.
struct MatchingPrompt: Sendable {
    /// Everything that the conditions are judged by, and that is the same for all requests of a pass.
    let evidence: String
    private let identity: String

    init(_ context: TurnContext, messages: Int) {
        identity = PromptBuilder.identity(of: context.agent)
        var prompt = PromptBuilder()
        prompt.customer(context)
        prompt.conversation(context.interaction, limit: messages)
        // Behind the conversation: values change from turn to turn, and what stands before should stay the same.
        prompt.knowledge(context)
        prompt.capabilities(context)
        prompt.toolResults(context.interaction, now: context.toolCalls)
        prompt.time(context)
        evidence = prompt.text
    }

    /// The request for one batch.
    ///
    /// - Parameter kinds: Of the guidelines that are judged, by number.
    func request(for batch: MatchingBatch, kinds: [Int: MatchingKind]) -> GenerationRequest {
        var system = PromptBuilder()
        system.section("Task", [identity, Self.task])
        system.section("Conditions", batch.stable.map(\.line))
        var prompt = PromptBuilder(evidence)
        prompt.section(batch.stable.isEmpty ? "Conditions" : "Further conditions", batch.further.map(\.line))
        prompt.section(
            "More conditions, about what the agent is doing with the customer",
            batch.questions.map { "\($0.number). (\($0.question.context)) \($0.question.text)" })
        prompt.section("Notes", notes(batch, kinds))
        let count = batch.judged.count + batch.questions.count
        return GenerationRequest(
            system: system.text, prompt: prompt.text, schemaName: "guideline_matches",
            schema: Self.schema(most: count), maxTokens: max(1024, min(4096, 64 + 40 * count)), size: .mini)
    }

    private static let task = """
        Decide which of the numbered conditions hold at this point of the conversation. Judge by the newest customer \
        messages; older ones are background. List only those that hold, by number, each with a reason of at most eight \
        words. A note at the end may say what else counts for a number.
        """

    private func notes(_ batch: MatchingBatch, _ kinds: [Int: MatchingKind]) -> [String] {
        func numbers(_ kind: MatchingKind) -> [Int] { batch.judged.filter { kinds[$0] == kind }.sorted() }
        var notes: [String] = []
        let skipped = batch.stable.map(\.number).filter { !batch.judged.contains($0) }
        if !skipped.isEmpty {
            notes.append("Do not judge \(Self.list(skipped)) now.")
        }
        let followed = numbers(.previouslyApplied)
        if !followed.isEmpty {
            notes.append(
                "The agent has acted on \(Self.list(followed)) before: they hold only if the newest customer messages "
                    + "bring them up anew.")
        }
        let waiting = numbers(.customerDependent)
        if !waiting.isEmpty {
            notes.append(
                "For \(Self.list(waiting)) the agent has asked the customer for something: they hold as long as the "
                    + "customer has not given it, and when they come up anew.")
        }
        return notes
    }

    /// `3, 5`
    private static func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ", ") }

    private static func schema(most count: Int) -> JSONValue {
        let verdict: JSONValue = [
            "type": "object",
            "properties": ["number": ["type": "integer"], "reason": ["type": "string"]],
            "required": ["number", "reason"], "additionalProperties": false,
        ]
        // The bound keeps a small model from listing the same condition for ever. It goes in steps, because providers
        // that reuse what they have read compare the schema too.
        let most = (count + 15) / 16 * 16
        return [
            "type": "object",
            "properties": ["applies": ["type": "array", "items": verdict, "maxItems": .integer(Int64(most))]],
            "required": ["applies"], "additionalProperties": false,
        ]
    }
}
