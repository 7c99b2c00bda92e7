import ParlantCore

/// Rules that tools and retrievers bring along for this reply alone (`domain.md` 1.2, step 7). They take part in what relationships and
/// priorities decide, as any guideline that applies.
enum TransientGuidelines {
    private static let prefix = "transient:"

    /// What the results bring, in the order of the calls.
    static func matches(of runs: [ToolRun]) -> [GuidelineMatch] {
        runs.enumerated().flatMap { place, run in
            matches(run.result?.guidelines ?? [], of: "\(run.call.tool)", "\(run.call.tool):\(place + 1)")
        }
    }

    /// What retrievers bring, in their order.
    static func matches(of retrieved: [Retrieved]) -> [GuidelineMatch] {
        retrieved.flatMap { matches($0.result.guidelines, of: "\($0.retriever)", "retriever:\($0.retriever)") }
    }

    private static func matches(_ rules: [ToolResult.TransientGuideline], of name: String, _ id: String)
        -> [GuidelineMatch]
    {
        rules.enumerated().map { number, rule in
            let guideline = Guideline(
                id: GuidelineID("\(prefix)\(id).\(number + 1)"),
                content: GuidelineContent(
                    condition: rule.condition, action: rule.action, description: rule.description),
                criticality: rule.criticality, priority: rule.priority, track: false, matcher: .always)
            return GuidelineMatch(guideline: guideline, rationale: "\(name) brought it")
        }
    }

    /// That the customer is asked about calls which would repeat what an earlier turn did.
    ///
    /// - Parameter matches: What applies besides; none of it has a higher priority than the question.
    static func questions(about withheld: [ToolCall], beside matches: [GuidelineMatch]) -> [GuidelineMatch] {
        let priority = matches.map(\.guideline.priority).max() ?? 0
        return withheld.enumerated().map { place, call in
            let content = GuidelineContent(
                condition: nil,
                action: "Say that \(call.tool.name) with \(JSONValue.object(call.arguments)) was done earlier in this "
                    + "conversation and not again now, and ask whether the customer wants it once more")
            let guideline = Guideline(
                id: GuidelineID("\(prefix)\(call.tool):again \(place + 1)"), content: content, criticality: .high,
                priority: priority, track: false, matcher: .always)
            return GuidelineMatch(guideline: guideline, rationale: "the same call ran in an earlier turn")
        }
    }

    /// Whether the guideline is one of them. Nobody can look it up, so it is on no wire.
    static func contains(_ id: GuidelineID) -> Bool { id.rawValue.hasPrefix(prefix) }
}
