import ParlantCore
import ParlantEngine
import Synchronization
import Testing

@Suite("Messages that come while the agent answers")
struct DoubleTextTests {
    /// Repeats the messages that its turn answers; waits in a tool until the valve is open.
    private func agent(_ doubleText: DoubleText, _ valve: Valve) -> AgentSnapshot {
        let handlers = FakeHandlers(tools: [
            "repeat": { _, context in
                try await valve.pass()
                let text = context.interaction.unansweredCustomerMessages.joined(separator: " and ")
                return .result(ToolResult(data: "ok", cannedResponses: ["You said \(text)."]))
            }
        ])
        var snapshot = AgentSnapshot.make(
            [.make("g", nil, matcher: .always, tools: ["repeat"])], tools: [.make("repeat")], handlers: handlers)
        snapshot.agent.doubleText = doubleText
        return snapshot
    }

    private func replies(_ doubleText: DoubleText) async throws -> [String] {
        let valve = Valve()
        let chat = try await Conversation(agent(doubleText, valve))
        try await chat.say("one", trace: "t1")
        await valve.waitForArrivals(1)
        try await chat.say("two", trace: "t2")
        try await chat.say("three", trace: "t3")
        valve.open()
        _ = try await chat.turn("t3")
        return try await chat.engine.events(of: chat.session, matching: EventQuery())
            .filter { $0.kind == .message && $0.source == .aiAgent }.map(\.brief)
    }

    @Test("interrupt: one answer for all of them")
    func interrupt() async throws {
        #expect(try await replies(.interrupt) == ["< You said one and two and three."])
    }

    @Test("enqueue: an answer for each, in order")
    func enqueue() async throws {
        #expect(try await replies(.enqueue) == ["< You said one.", "< You said two.", "< You said three."])
    }

    @Test("merge: the first gets its answer, the others one together")
    func merge() async throws {
        #expect(try await replies(.merge) == ["< You said one.", "< You said two and three."])
    }

    @Test("reject: the message is refused with what to do, and nothing of it is stored")
    func reject() async throws {
        let valve = Valve()
        let chat = try await Conversation(agent(.reject, valve))
        try await chat.say("one", trace: "t1")
        await valve.waitForArrivals(1)
        let error = await #expect(throws: EngineError.self) { try await chat.say("two", trace: "t2") }
        #expect(error?.code == .busy)
        #expect(
            error?.message
                == "the agent still answers an earlier message; wait for its status 'ready', then send this one again")
        valve.open()
        _ = try await chat.turn("t1")
        while chat.engine.runningTurns > 0 { await Task.yield() }
        #expect(try await chat.ask("three", trace: "t3") == "You said three.")
        #expect(try await chat.engine.events(of: chat.session, matching: EventQuery(traceID: "t2")).isEmpty)
    }

    @Test("enqueue has a limit")
    func limit() async throws {
        let valve = Valve()
        var settings = EngineSettings()
        settings.queuedTurnsPerSession = 2
        let chat = try await Conversation(agent(.enqueue, valve), settings: settings)
        try await chat.say("one", trace: "t1")
        await valve.waitForArrivals(1)
        try await chat.say("two", trace: "t2")
        try await chat.say("three", trace: "t3")
        let error = await #expect(throws: EngineError.self) { try await chat.say("four", trace: "t4") }
        #expect(error?.message == "2 messages of this session wait for their answers; send this one again later")
        valve.open()
        #expect(try await chat.turn("t3").contains { $0.brief == "< You said three." })
    }

    @Test(
        "random arrivals at every step: no message after 'cancelled', each turn ends once, every message is answered",
        arguments: DoubleText.allCases, 0..<25)
    func arrivals(doubleText: DoubleText, seed: UInt64) async throws {
        let random = Mutex(SplitMix(seed: seed))
        @Sendable func linger() async {
            for _ in 0..<random.withLock({ Int.random(in: 0..<12, using: &$0) }) { await Task.yield() }
        }
        let model = ScriptedModel([
            "guideline_matches": { _ in
                await linger()
                return ["applies": [["number": 1, "reason": "asked"]]]
            },
            "tool_calls": { _ in
                await linger()
                return ["calls": []]
            },
            "reply": { _ in
                await linger()
                return ["message": "Yes."]
            },
        ])
        let handlers = FakeHandlers(tools: [
            "t": { _, context in
                await linger()
                try await context.effects.emitMessage("One moment.")
                await linger()
                return .result(ToolResult(data: 1))
            }
        ])
        var snapshot = AgentSnapshot.make(
            [.make("g", "The customer asks", tools: ["t"])], tools: [.make("t")], handlers: handlers)
        snapshot.agent.doubleText = doubleText
        let chat = try await Conversation(snapshot, nlp: model)
        var stored: [TraceID] = []
        for number in 1...8 {
            let trace = TraceID("m\(number)")
            do {
                try await chat.say("m\(number)", trace: trace)
                stored.append(trace)
            } catch let error as EngineError {
                #expect(error.code == .busy && doubleText == .reject)
            }
            for _ in 0..<random.withLock({ Int.random(in: 0..<40, using: &$0) }) { await Task.yield() }
        }
        _ = try await chat.turn(try #require(stored.last))
        let all = try await chat.engine.events(of: chat.session, matching: EventQuery())
        #expect(all.map(\.offset) == Array(0..<all.count))
        var answered: Set<TraceID> = []
        for (trace, events) in Dictionary(grouping: all, by: \.traceID) {
            let own = events.filter { $0.source != .customer }
            guard !own.isEmpty else { continue }
            #expect(own.last?.isCompleted == true)
            #expect(own.count { $0.isCompleted } == 1)
            if let cancelled = own.first(where: { $0.brief == "cancelled" }) {
                #expect(!own.contains { $0.kind == .message && $0.offset > cancelled.offset })
                #expect(doubleText == .interrupt)
            }
            if own.contains(where: { $0.brief == "< Yes." }) { answered.insert(trace) }
        }
        // With one answer per message each has its own; else the last answers what was left.
        if doubleText == .enqueue || doubleText == .reject { #expect(answered == Set(stored)) }
        #expect(answered.contains(try #require(stored.last)))
    }
}
