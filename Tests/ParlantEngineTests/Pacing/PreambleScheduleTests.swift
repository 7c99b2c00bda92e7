import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantEngine

@Suite("First words under any schedule")
struct PreambleScheduleTests {
    @Test(
        "they come before the reply or not at all, once, and never after a turn that was cancelled",
        arguments: 0..<200)
    func schedules(seed: UInt64) async throws {
        var random = SeededGenerator(state: seed)
        func pause() -> Int { Int.random(in: 0..<40, using: &random) }
        let (words, reply, between, steps) = (pause(), pause(), pause(), pause())
        let interrupts = Bool.random(using: &random)
        let model = ScriptedModel([
            "preamble": { _ in
                for _ in 0..<words { await Task.yield() }
                try Task.checkCancellation()
                return ["message": "One moment."]
            },
            "reply": { _ in
                for _ in 0..<reply { await Task.yield() }
                try Task.checkCancellation()
                return ["message": "Here."]
            },
        ])
        var snapshot = AgentSnapshot.make()
        snapshot.agent.pacing = Bool.random(using: &random) ? .standard : .voice
        let chat = try await Conversation(snapshot, nlp: model)
        try await chat.say("one", trace: "t1")
        for _ in 0..<between { await Task.yield() }
        if interrupts { try await chat.say("two", trace: "t2") }
        for _ in 0..<steps {
            chat.clock.advance(by: .milliseconds(700))
            await Task.yield()
        }
        var traces: [TraceID] = ["t1"]
        if interrupts { traces.append("t2") }
        for trace in traces { _ = try await chat.turn(trace) }
        // Whatever is left over would come now.
        chat.clock.advance(by: .seconds(60))
        await chat.engine.drain()
        for trace in traces {
            let events = try await chat.engine.events(of: chat.session, matching: EventQuery(traceID: trace))
                .filter { $0.source == .aiAgent }.map(\.brief)
            #expect(events.last == "ready completed")
            #expect(events.count { $0 == "< One moment." } <= 1)
            let isCancelled = events.contains("cancelled")
            #expect(events.count { $0 == "< Here." } == (isCancelled ? 0 : 1))
            if let first = events.firstIndex(of: "< One moment."), let last = events.firstIndex(of: "< Here.") {
                #expect(first < last)
            }
            if isCancelled { #expect(events.suffix(2) == ["cancelled", "ready completed"]) }
        }
    }
}
