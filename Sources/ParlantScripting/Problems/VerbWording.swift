/// Sentences about verbs: what they are called with, and what they say together; the same voice as ``Wording``.
enum VerbWording {
    static func agentOnly(_ word: String) -> String { "it belongs to an agent; write agent:\(word)" }
    static func moduleOnly(_ word: String) -> String { "it belongs to no agent; write parlant.\(word)" }
    static let valueOfVariable = "give values with variable:set_default and variable:set_for"

    static func colon(_ method: String) -> String { "call it with a colon, as in handle:\(method)(…)" }

    // MARK: Targets

    static let noTargets = "needs at least one target"
    static let selfTarget = "is the handle itself"
    static func target(_ number: Int, _ text: String) -> String { "target \(number) \(text)" }
    static func wrongTarget(_ number: Int, _ expectation: String, got found: String) -> String {
        "target \(number): \(Wording.expected(expectation, got: found))"
    }
    static func notAHandle(_ found: String) -> String { "is \(found); pass the handle itself" }
    static let nothing = "is nothing; look for a misspelt name"
    static func oneByOne(_ verb: String) -> String { "is a list; pass the handles one by one: \(verb)(b, c)" }
    static func oneList(_ verb: String) -> String { "takes one list: \(verb) { b, c }" }
    static func tooFew(_ count: Int) -> String { "needs at least two targets, got \(count)" }

    // MARK: Other verbs

    static let onArguments = "takes the name of a step and a function"
    static func unknownHook(_ step: String, among steps: [String]) -> String {
        "unknown hook '\(step)'\(Wording.didYouMean(step, among: steps))"
    }
    static let oneValue = "takes one value"
    static let whomAndValue = "takes a tag or a customer, and a value"
    static func alreadySet(at place: String) -> String { "already set at \(place)" }
    static let freshnessNeedsTool = "freshness: only with a 'tool'"
    static func toolNeeds(_ tool: String, _ parameters: [String]) -> String {
        let names = parameters.map { "'\($0)'" }.joined(separator: ", ")
        return "tool: \(Wording.quote(tool)) requires \(names); a variable's tool has no required parameters"
    }
    static func tagMatch(_ word: String) -> String { "takes one tag, as in parlant.\(word)(vip)" }
    static func reservedTag(_ prefix: String) -> String { "names that begin with '\(prefix)' are reserved" }

    // MARK: What verbs say together

    static func foreign(_ label: String) -> String { "is \(label), which belongs to another agent" }

    /// `"a" depends on "b" (line 70), which depends on "a" (line 71)`, for what begins with its verb.
    static func circle(_ verb: RelationVerb, _ steps: [(from: String, to: String, place: String)]) -> String {
        let says = verb == .prioritizeOver ? "goes before" : "depends on"
        var text = "\(verb.rawValue): \(Wording.quote(steps.first?.from ?? ""))"
        for (index, step) in steps.enumerated() {
            text += "\(index == 0 ? "" : ", which") \(says) \(Wording.quote(step.to)) (\(step.place))"
        }
        return text
    }

    static func contradiction(
        _ source: String, over target: String, at first: String, _ opposite: Opposite, at second: String
    ) -> String {
        let (winner, loser) = (Wording.quote(source), Wording.quote(target))
        let reason =
            switch opposite {
            case .sourceDepends: "but depends on it (\(second)), so that \(winner) never applies"
            case .targetDepends: "which depends on \(winner) (\(second)), so that \(loser) never applies"
            case .sourceEntails: "but entails it (\(second))"
            }
        return "prioritize_over: \(winner) goes before \(loser) (\(first)), \(reason)"
    }

    /// What cannot be said of two of which one goes before the other.
    enum Opposite { case sourceDepends, targetDepends, sourceEntails }
}
