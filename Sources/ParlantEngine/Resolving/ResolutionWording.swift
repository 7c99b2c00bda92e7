import ParlantCore

/// Sentences about decisions of the resolver, and of the question that it makes the agent ask.
enum ResolutionWording {
    typealias Entity = ResolutionRecord.Entity

    static let unchanged = "no relationship changes it"

    /// - Parameter all: How a tag counts.
    static func unmet(_ target: Entity, all: Bool = true) -> String {
        guard case .tag = target else { return "depends on \(name(target)), which does not apply" }
        return all
            ? "depends on all that have \(name(target)), and not all of them apply"
            : "depends on any that has \(name(target)), and none of them applies"
    }
    static func unmetGroup(_ targets: [Entity]) -> String {
        "depends on any of \(list(targets)), and none of them applies"
    }

    static func outranked(by winner: Entity) -> String { "\(name(winner)) goes before it" }
    static func baseLost(_ targets: [Entity]) -> String { "depends on \(list(targets)), which gave way to others" }
    static func below(_ priority: Int, _ highest: Int) -> String {
        "its priority \(priority) is below \(highest), the highest of what applies"
    }

    static func entailed(by source: Entity) -> String { "\(name(source)) entails it" }

    static func asks(about choices: [Entity]) -> String {
        "leaves open what is meant, so the agent asks: \(list(choices))"
    }
    static func mayBeMeant(because source: Entity) -> String {
        "waits for the answer: \(name(source)) makes the agent ask whether it is meant"
    }

    // MARK: The question

    /// What the agent does when several things may be meant.
    static func ask(_ choices: [String]) -> String {
        let items = choices.map { "“\($0)”" }.joined(separator: ", ")
        return "Ask the customer which of these they mean, before anything else is done: \(items)"
    }
    static let askDescription =
        "Name each of them in words that the customer understands, and take none of them for granted."

    // MARK: Names

    static func name(_ entity: Entity) -> String {
        switch entity {
        case .guideline(let id): "guideline '\(id)'"
        case .journey(let id): "journey '\(id)'"
        case .tag(let id): "tag '\(id)'"
        case .tool(let id): "tool '\(id)'"
        }
    }

    private static func list(_ entities: [Entity]) -> String { entities.map(name).joined(separator: ", ") }
}
