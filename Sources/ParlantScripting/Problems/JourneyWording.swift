/// Sentences about the drawing of a journey; the same voice as ``Wording``.
enum JourneyWording {
    static func state(_ name: String) -> String { "state '\(name)'" }

    static let waysInStates = "a state says where it goes in its 'next'"
    static let drawnAtOnce = "a journey is drawn as a whole: give its 'start' and 'states' to the constructor"
    static let noStates = "states: the table is empty; a journey needs at least one state"
    static func tooManyStates(_ count: Int, limit: Int) -> String {
        "states: \(count) states exceed the limit of \(limit) states per journey"
    }

    static func noStart(_ name: String, among names: [String]) -> String {
        "start: '\(name)' is not a state\(Wording.didYouMean(name, among: names))"
    }

    static func noTarget(_ way: String, _ target: String, among names: [String]) -> String {
        let hint = target == "END" ? "; write parlant.END" : Wording.didYouMean(target, among: names)
        return "\(way) goes to '\(target)', which is not a state\(hint)"
    }

    static func unreachable(from start: String) -> String { "cannot be reached from '\(start)'" }

    static func oneKind(_ kinds: [String]) -> String {
        let found = kinds.isEmpty ? "none of them" : kinds.joined(separator: " and ")
        return "must be exactly one of chat, tool, fork or journey (it has \(found))"
    }

    static let instruction = "instruction: only for a state with a tool"
    static let forkNext = "next: a fork has its ways out in 'fork'"
    static let fewWays = "fork: one way out is no choice; give two, or write next = \"…\" in the state before"
    static let toolWithoutNext = "a tool cannot end a journey; lead on to a chat that tells the outcome, or to a fork"
    static func toolEnds(_ way: String) -> String {
        "\(way) ends the journey after a tool; lead on to a chat that tells the outcome, or to a fork"
    }
    static func toolThenTool(_ way: String, _ target: String) -> String {
        "\(way) goes from a tool to the tool of '\(target)'; put a chat or a fork between them, or both into 'tools'"
    }
    static func toolThenJourney(_ way: String, _ target: String) -> String {
        "\(way) goes from a tool to the journey of '\(target)'; put a chat or a fork between them"
    }
    static func forkCircle(_ names: [String]) -> String {
        "forks lead in a circle (\(names.map { "'\($0)'" }.joined(separator: ", "))); put a chat between them"
    }

    static let notAttached = "belongs to no agent; write agent:attach(journey), or use agent:journey"
    static func stateNeeds(_ label: String, _ agent: String) -> String {
        "journey: \(label) is not attached to \(agent); write agent:attach for it, too"
    }
    static func attachedTwice(at place: String) -> String { "attach: this journey is already attached at \(place)" }
}
