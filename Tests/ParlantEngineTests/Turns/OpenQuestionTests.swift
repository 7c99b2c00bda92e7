import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("A question that a tool left open")
struct OpenQuestionTests {
    private static let asked: JSONObject = [
        "stage": "completed",
        "missing_parameters": [["service_name": "test", "tool_name": "pay", "name": "account"]],
    ]
    private static let answered: JSONObject = ["stage": "completed"]

    /// Reads the events of turns: `>` and `<` are messages, the others statuses.
    private func question(_ turns: [(trace: TraceID, events: [String], details: JSONObject)]) throws -> String? {
        var events: [Event] = []
        for turn in turns {
            for what in turn.events {
                let (source, kind, data): (Event.Source, Event.Kind, JSONValue) =
                    switch what {
                    case ">": (.customer, .message, ["message": "12345"])
                    case "<": (.aiAgent, .message, ["message": "Which account?"])
                    case "completed": (.aiAgent, .status, EventData.status(.ready, turn.details))
                    default:
                        (.aiAgent, .status, EventData.status(try #require(SessionStatus(rawValue: what))))
                    }
                events.append(
                    Event(
                        id: EventID("e\(events.count)"), source: source, kind: kind, offset: events.count,
                        createdAt: .init(microseconds: 0), traceID: turn.trace, data: data))
            }
        }
        return Interaction.read(events).pendingQuestion?.parameter
    }

    private let asking: (TraceID, [String], JSONObject) = ("t1", [">", "acknowledged", "<", "completed"], Self.asked)

    @Test("is open after the turn that asked, and closed by one that answered")
    func ends() throws {
        #expect(try question([asking]) == "account")
        #expect(try question([asking, ("t2", [">", "acknowledged", "<", "completed"], Self.answered)]) == nil)
    }

    @Test(
        "stays open when the next turn said nothing, or the agent spoke on the side",
        arguments: [
            ["acknowledged", "cancelled", "completed"], ["acknowledged", "error", "completed"], ["completed"],
            ["typing", "<", "ready", "completed"],
        ])
    func stays(events: [String]) throws {
        #expect(try question([asking, ("t2", [">"] + events, Self.answered)]) == "account")
    }
}
