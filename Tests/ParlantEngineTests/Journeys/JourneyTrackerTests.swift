import ParlantCore
import ParlantEngine
import Testing

@Suite("A session's place in a journey")
struct JourneyTrackerTests {
    private static let id: JourneyID = "transfer"

    private static let journey = Journey(
        id: id, title: "Transfer", description: "Sends money.",
        graph: JourneyGraph(
            start: "ask",
            states: [
                JourneyState(name: "ask", kind: .chat(instruction: "Ask"), next: .always("confirm")),
                JourneyState(
                    name: "confirm", kind: .chat(instruction: "Confirm"),
                    next: .first([
                        ConditionalTransition(condition: "yes", target: .state("send")),
                        ConditionalTransition(condition: "no", target: .end),
                    ])),
                JourneyState(name: "send", kind: .tools([], instruction: nil), next: .always("outcome")),
                JourneyState(
                    name: "outcome", kind: .fork,
                    next: .first([
                        ConditionalTransition(condition: "sent", target: .state("receipt")),
                        ConditionalTransition(condition: "failed", target: .state("ask")),
                    ])),
                JourneyState(name: "receipt", kind: .chat(instruction: "Give the receipt")),
            ]))

    private func tracker(at ways: String?...) throws -> JourneyTracker {
        var tracker = JourneyTracker([Self.journey])
        _ = tracker.activate(Self.id)
        for way in ways { _ = try tracker.take(Self.id, to: way) }
        return tracker
    }

    @Test("is nowhere before it begins, and at the start then")
    func activation() throws {
        #expect(JourneyTracker([Self.journey]).place(in: Self.id) == nil)
        #expect(try tracker().place(in: Self.id) == .at("ask"))
    }

    @Test("stays where it is when the journey is activated again, and begins anew after the end")
    func again() throws {
        var under = try tracker(at: "confirm")
        _ = under.activate(Self.id)
        #expect(under.place(in: Self.id) == .at("confirm"))
        var ended = try tracker(at: "confirm", nil)
        #expect(ended.place(in: Self.id) == .ended)
        _ = ended.activate(Self.id)
        #expect(ended.place(in: Self.id) == .at("ask"))
    }

    @Test("goes through tools by itself, and stops where somebody has to choose")
    func tools() throws {
        var tracker = try tracker(at: "confirm")
        let edges = try tracker.take(Self.id, to: "send")
        #expect(edges.map(\.from) == ["confirm", "send"])
        #expect(edges.map(\.to) == ["send", "outcome"])
        #expect(tracker.place(in: Self.id) == .at("outcome"))
    }

    @Test("goes only ways that there are, and says which those are")
    func refusals() throws {
        var tracker = try tracker(at: "confirm")
        #expect(throws: JourneyTracker.Refusal.noWay(from: "confirm", ways: ["send", "END"])) {
            try tracker.take(Self.id, to: "receipt")
        }
        #expect(tracker.place(in: Self.id) == .at("confirm"))
        var idle = JourneyTracker([Self.journey])
        #expect(throws: JourneyTracker.Refusal.notActive) { try idle.take(Self.id, to: "confirm") }
    }

    @Test("ends where there is no way on")
    func ends() throws {
        let tracker = try tracker(at: "confirm", "send", "receipt", nil)
        #expect(tracker.place(in: Self.id) == .ended)
    }
}
