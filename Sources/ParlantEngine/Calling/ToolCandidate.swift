import ParlantCore

/// A tool that may run in this turn, with what is known before anybody judges.
struct ToolCandidate: Sendable {
    var tool: Tool
    /// Guidelines that offer it, in the order of importance.
    var guidelines: [Guideline]
    /// Allowed values by parameter, fixed and computed ones alike.
    var choices: [String: [JSONValue]]

    /// Ids of the guidelines that offer it.
    var owners: Set<GuidelineID> { Set(guidelines.map(\.id)) }

    /// Candidates of the matched guidelines, each tool once, in the order of importance. Nothing else is ever considered
    /// (`domain.md` 1.5). Their choices are still empty.
    static func offered(by matches: [GuidelineMatch], among tools: [ToolID: Tool]) -> [ToolCandidate] {
        var candidates: [ToolCandidate] = []
        var places: [ToolID: Int] = [:]
        for guideline in matches.map(\.guideline) {
            for id in guideline.tools {
                if let place = places[id] {
                    candidates[place].guidelines.append(guideline)
                } else if let tool = tools[id] {
                    places[id] = candidates.count
                    candidates.append(ToolCandidate(tool: tool, guidelines: [guideline], choices: [:]))
                }
            }
        }
        return candidates
    }
}
