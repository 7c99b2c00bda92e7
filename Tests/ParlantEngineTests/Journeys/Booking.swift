import OrderedCollections
import ParlantCore

@testable import ParlantEngine

/// Journeys of a travel agent, and a session that goes through them turn by turn.
enum Booking {
    static let id: JourneyID = "booking"
    static let free = ToolID(service: "test", name: "find_seats")

    static func chat(_ name: String, _ next: JourneyNext = .end) -> JourneyState {
        JourneyState(name: name, kind: .chat(instruction: "Do \(name)"), next: next)
    }

    static func tool(_ name: String, _ next: JourneyNext) -> JourneyState {
        JourneyState(name: name, kind: .tools([free], instruction: nil), next: next)
    }

    static func fork(_ name: String, _ ways: KeyValuePairs<String, String?>) -> JourneyState {
        JourneyState(name: name, kind: .fork, next: first(ways))
    }

    static func first(_ ways: KeyValuePairs<String, String?>) -> JourneyNext {
        .first(ways.map { .init(condition: $0.key, target: $0.value.map(JourneyTarget.state) ?? .end) })
    }

    static func journey(_ id: JourneyID = Booking.id, _ states: JourneyState...) -> Journey {
        Journey(
            id: id, title: "The \(id)", description: "About \(id)", conditions: [GuidelineID("wants_\(id)")],
            graph: JourneyGraph(start: states[0].name, states: states))
    }

    /// Where, when, search, offer (or not), confirm, end.
    static let trip = journey(
        id, chat("where", .always("when")), chat("when", .always("search")), tool("search", .always("found")),
        fork("found", ["There are seats": "offer", "There are none": "sorry"]),
        chat("offer", first(["They take it": "confirm", "They do not": nil])), chat("confirm"),
        chat("sorry", .always("when")))
}

extension JourneyNavigator {
    /// The next turn of the same session.
    func nextTurn(_ journeys: [Journey], customerSpoke: Bool = true) -> JourneyNavigator {
        JourneyNavigator(journeys, places: places, customerSpoke: customerSpoke)
    }

    /// A turn at this state, which the session came to through the states before.
    static func at(_ path: String..., of journey: JourneyID = Booking.id, in journeys: [Journey]) -> JourneyNavigator {
        JourneyNavigator(journeys, places: [journey: JourneyPlace(path: path)])
    }

    /// Judges by what holds: `where:answered`, `found:way 1`.
    mutating func judge(_ holding: String...) {
        let asked = questions
        judge(asked, holding: Set(asked.map(\.id).filter { id in holding.contains { "\(id)".hasSuffix(":\($0)") } }))
    }

    mutating func ran(_ outcome: ToolOutcome = .result(ToolResult(data: ["seats": 3]))) {
        toolsRan([ToolRun(call: ToolCall(tool: Booking.free, arguments: [:]), outcome: outcome)])
    }

    /// The journey's state, `END`, or `-` for one that never began.
    func state(_ journey: JourneyID = Booking.id) -> String {
        places[journey].map { $0.current ?? "END" } ?? "-"
    }

    /// What is asked, without the journey's name; `!` marks what must be judged.
    var asked: [String] {
        questions.map {
            "\($0.id)".split(separator: ":").dropFirst().joined(separator: ":") + ($0.presumed == nil ? "!" : "")
        }
    }

    /// Steps of this turn, in short.
    var steps: [String] { moves.map { "\($0.from)\($0.isBack ? "<-" : "->")\($0.to ?? "END")" } }
}
