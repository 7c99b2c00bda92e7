import ParlantCore
import ParlantEngine
import ParlantStores
import Synchronization
import Testing

@Suite("Deleting and annotating events")
struct EventDeletionTests {
    private func custom(_ trace: TraceID) -> EventDraft {
        EventDraft(source: .system, kind: .custom, traceID: trace, data: 1)
    }

    @Test("goes by whole traces: the first event to go must be the first of its trace")
    func rule() async throws {
        let chat = try await Conversation(.make())
        for trace in ["a", "a", "b", "a", "c", "c"] as [TraceID] {
            _ = try await chat.engine.post(custom(trace), to: chat.session)
        }
        for offset in [1, 3, 5] {
            let error = await #expect(throws: EngineError.self) {
                try await chat.engine.deleteEvents(of: chat.session, from: offset)
            }
            #expect(error?.code == .middleOfTrace)
        }
        #expect(try await chat.engine.events(of: chat.session, matching: .init()).count == 6)
        for (offset, left) in [(9, 6), (6, 6), (4, 4), (4, 4), (2, 2), (0, 0), (0, 0)] {
            try await chat.engine.deleteEvents(of: chat.session, from: offset)
            #expect(try await chat.engine.events(of: chat.session, matching: .init()).count == left)
        }
        #expect(try await chat.engine.post(custom("d"), to: chat.session).offset == 6)
    }

    @Test("does not end a wait, and what comes afterwards does")
    func waiting() async throws {
        let chat = try await Conversation(.make())
        _ = try await chat.engine.post(custom("a"), to: chat.session)
        let wait = Task {
            try await chat.engine.waitForEvents(
                of: chat.session, matching: EventQuery(minOffset: 1), timeout: .seconds(60))
        }
        while chat.engine.waitingReaders == 0 { await Task.yield() }
        try await chat.engine.deleteEvents(of: chat.session, from: 0)
        #expect(chat.engine.waitingReaders == 1)
        _ = try await chat.engine.post(custom("b"), to: chat.session)
        #expect(try await wait.value.map(\.offset) == [1])
    }

    @Test("cancels the turn whose beginning goes, so that its answer never comes; the next message is answered")
    func runningTurn() async throws {
        let valve = Valve()
        let model = ScriptedModel([
            "reply": { request in
                if !request.prompt.contains("banana") { try await valve.pass() }
                return ["message": "Answer."]
            }
        ])
        let chat = try await Conversation(.make(), nlp: model)
        let first = try await chat.say("apple", trace: "t1")
        await valve.waitForArrivals(1)
        try await chat.engine.deleteEvents(of: chat.session, from: first.offset)
        valve.open()
        #expect(try await chat.ask("banana", trace: "t2") == "Answer.")
        let events = try await chat.engine.events(of: chat.session, matching: .init())
        #expect(events.filter { $0.kind == .message }.map(\.brief) == ["> banana", "< Answer."])
        #expect(!(model.requests.withLock { $0 }.last?.prompt.contains("apple") ?? true))
    }

    @Test("leaves the turns alone that messages before it asked for, the one that runs and those that wait")
    func otherTurns() async throws {
        let valve = Valve()
        let model = ScriptedModel([
            "reply": { request in
                try await valve.pass()
                return ["message": .string(request.prompt.contains("pear") ? "Pear." : "Apple.")]
            }
        ])
        var snapshot = AgentSnapshot.make()
        snapshot.agent.doubleText = .enqueue
        let chat = try await Conversation(snapshot, nlp: model)
        try await chat.say("apple", trace: "t1")
        await valve.waitForArrivals(1)
        try await chat.say("pear", trace: "t2")
        let third = try await chat.say("banana", trace: "t3")
        try await chat.engine.deleteEvents(of: chat.session, from: third.offset)
        valve.open()
        _ = try await chat.turn("t2")
        let events = try await chat.engine.events(of: chat.session, matching: EventQuery(kinds: [.message]))
        #expect(events.map(\.brief) == ["> apple", "> pear", "< Apple.", "< Pear."])
        #expect(try await chat.sessions.openTurns(of: nil).isEmpty)
    }

    @Test("annotates an event without waking who waits for new ones")
    func annotate() async throws {
        let chat = try await Conversation(.make())
        let event = try await chat.engine.post(custom("a"), to: chat.session)
        let wait = Task {
            try await chat.engine.waitForEvents(
                of: chat.session, matching: EventQuery(minOffset: 1), timeout: .seconds(60))
        }
        while chat.engine.waitingReaders == 0 { await Task.yield() }
        let changed = try await chat.engine.updateEvent(event.id, of: chat.session, .init(set: ["good": true]))
        #expect(changed.metadata == ["good": true])
        #expect(chat.engine.waitingReaders == 1)
        wait.cancel()
        await #expect(throws: CancellationError.self) { try await wait.value }
    }
}
