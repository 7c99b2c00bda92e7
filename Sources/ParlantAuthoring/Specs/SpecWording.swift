import ParlantCore
import ParlantEngine

/// Every sentence that the test kit says to authors, in the voice of the loader: what was expected, then what was found.
enum SpecWording {
    static func misplaced(_ word: String) -> String { "\(word): inside a test only, in the function that 'it' gets" }
    static let nested = "tests are declared while the file loads, not inside a test"
    static func name(_ word: String) -> String { "\(word): expected a name, as in \(word)(\"…\", function() … end)" }
    static func body(_ word: String, _ found: String) -> String { "\(word): expected a function, got a \(found)" }
    static let liveCounts = "live: expected 1 or more runs, and passes from 1 to that number"

    static func expected(_ expected: String, got actual: String) -> String { "expected \(expected), got \(actual)" }
    static func unexpected(_ value: String) -> String { "expected anything but \(value)" }
    static func noError(_ part: String?) -> String {
        "expected an error\(part.map { " with \($0)" } ?? ""), but there was none"
    }
    static func otherError(_ part: String, _ found: String) -> String {
        "expected an error with \(part), got \(found)"
    }
    static func noMatch(_ pattern: String, _ text: String) -> String { "expected a match of \(pattern) in \(text)" }

    static func unknownWord(_ table: String, _ word: String, _ names: [String]) -> String {
        "\(table): there is no '\(word)'\(didYouMean(word, names))"
    }
    /// As the server says it while files load.
    static func noMember(_ module: String, _ word: String, _ names: [String]) -> String {
        "'\(module)' has no '\(word)'\(didYouMean(word, names))"
    }
    static func colon(_ method: String) -> String { "call it with a colon, as in chat:\(method)(…)" }
    static func noChat(_ word: String) -> String { "assert.\(word): the first argument is the conversation" }
    static func unknownOption(_ word: String, _ names: [String]) -> String {
        "test.conversation: unknown option '\(word)'\(didYouMean(word, names))"
    }
    static let conversationTable =
        "test.conversation: takes one table with named fields, as in test.conversation { agent = \"bank\" }"
    static let noAgent = "test.conversation: missing required field 'agent'"
    static func unknown(_ kind: String, _ id: String, _ names: [String]) -> String {
        "there is no \(kind) '\(id)'\(didYouMean(id, names))"
    }
    static func expectedSubject(_ what: String, _ found: String) -> String {
        "expected \(what), as a handle or by its id, got \(found)"
    }
    static let moment = "test.conversation: now: expected a moment such as \"2026-03-02T09:00:00Z\""
    static func decidesItself(_ id: String) -> String {
        "guideline '\(id)' decides in code or always applies; set up the customer, the time or the message instead"
    }
    static func notInWords(_ word: String) -> String {
        "chat:\(word): this conversation matches by words; remove 'matching' to script what applies"
    }
    static func notInLive(_ word: String) -> String { "chat:\(word): a real model decides in a live test" }
    static let onlyInLive = "assert.meets: asks the model, so it is for test.live only"
    static func message(_ found: String) -> String { "chat:customer: expected the customer's text, got \(found)" }
    static func flagged(_ found: String) -> String {
        "chat:customer: expected a table { flagged = { \"harassment\" } } with what was found in the text, got \(found)"
    }
    static let replyText = "chat:replies: expected the text of the reply"
    static let seconds = "chat:advance: expected a number of seconds, 0 or more"
    static let arguments = "expected a table of arguments by name"

    static func turnFailed(_ reason: String) -> String { "the turn failed: \(reason)" }
    static func unknownRoute(_ method: String, _ url: String, _ path: String) -> String {
        "\(method) \(url) was not expected; add chat.http:on(\"\(method)\", \"\(path)\"):reply { … }"
    }
    static func routeArguments() -> String {
        "chat.http:on: expected a method and a path or URL, as in chat.http:on(\"GET\", \"/orders/1001\")"
    }
    static func noReply(_ method: String, _ path: String) -> String {
        "chat.http:on(\"\(method)\", \"\(path)\") has no reply; add :reply { status = 200 }"
    }
    static func replyField(_ name: String, _ names: [String]) -> String {
        "reply: unknown field '\(name)'\(didYouMean(name, names))"
    }
    static func replyValue(_ name: String, _ expectation: String) -> String {
        "reply: \(name): expected \(expectation)"
    }

    static func notSaid(_ part: String, _ reply: String?) -> String {
        "expected the reply to contain \(part), got \(reply.map { "\"\($0)\"" } ?? "no reply")"
    }
    static func saidIt(_ part: String, _ reply: String) -> String {
        "expected a reply without \(part), got \"\(reply)\""
    }
    static func notCalled(_ tool: String, _ calls: [String]) -> String {
        "expected a call of \(tool), got \(calls.isEmpty ? "no call" : calls.joined(separator: ", "))"
    }
    static func wasCalled(_ tool: String, _ call: String) -> String { "expected no call of \(tool), got \(call)" }
    static func notMatched(_ guideline: String, _ matched: [String]) -> String {
        "expected guideline '\(guideline)' to apply, \(matched.isEmpty ? "none did" : "only these did: \(matched.joined(separator: ", "))")"
    }
    static func leftOut(_ guideline: String, _ reasons: [String]) -> String {
        "expected guideline '\(guideline)' to apply, but its relationships left it out: \(reasons.joined(separator: "; "))"
    }
    static func wasMatched(_ guideline: String, _ rationale: String) -> String {
        "expected guideline '\(guideline)' not to apply, but it did: \(rationale)"
    }
    static func notInstructed(_ part: String, _ actions: [String]) -> String {
        "expected an instruction with \(part), got \(actions.isEmpty ? "none" : actions.map { "\"\($0)\"" }.joined(separator: ", "))"
    }
    static func wasInstructed(_ part: String, _ action: String) -> String {
        "expected no instruction with \(part), got \"\(action)\""
    }
    static func notActive(_ journey: String) -> String {
        "journey '\(journey)' is not active; begin it with chat:activates(…)"
    }
    static func noWay(_ state: String, from here: String, _ ways: [String]) -> String {
        ways.isEmpty
            ? "there is no way from '\(here)' to '\(state)': the journey ends there"
            : "there is no way from '\(here)' to '\(state)'; there are \(ways.map { "'\($0)'" }.joined(separator: ", "))"
    }
    static func stateName(_ word: String) -> String { "\(word): expected the name of a state" }
    static func notInState(_ journey: String, _ state: String, _ place: String) -> String {
        "expected journey '\(journey)' to be at '\(state)', it \(place)"
    }
    static func notEnded(_ journey: String, _ place: String) -> String {
        "expected journey '\(journey)' to have ended, it \(place)"
    }
    static func wayLeft(_ way: JourneyWay, _ place: String, awaitsTools: Bool) -> String {
        let cause =
            awaitsTools
            ? "; its tools did not run: chat:calls(tool, arguments) says what one is called with" : ""
        return "chat:takes: journey '\(way.journey)' did not go to '\(way.target ?? "END")', it \(place)\(cause)"
    }
    static func place(_ journeys: JourneyNavigator, in journey: JourneyID) -> String {
        if let state = journeys.states(of: journey).first { return "is at '\(state)'" }
        return journeys.hasEnded(journey) ? "has ended" : "never began"
    }
    static let noTurn = "there was no turn yet; let the customer say something first"
    static func doesNotMeet(_ claim: String, _ reason: String) -> String {
        "expected of the reply: \(claim); the model finds that it does not hold: \(reason)"
    }

    static func didYouMean(_ word: String, _ names: [String]) -> String {
        Suggestion.nearest(to: word, among: names).map { " (did you mean '\($0)'?)" } ?? ""
    }
}
