import ParlantCore
import ParlantEngine
import ParlantTesting
import Testing

@Suite("Turns and messages that cross")
struct TurnFlowTests {
    private func slowAgent(_ valve: Valve) throws -> AgentSnapshot {
        let handlers = FakeHandlers(tools: [
            "slow": { _, context in
                if context.interaction.lastCustomerMessage != "quick" { try await valve.pass() }
                return .result(ToolResult(data: "ok"))
            }
        ])
        return .make(
            [.make("g", nil, matcher: .always, tools: ["slow"], responses: ["done"])], tools: [.make("slow")],
            responses: [try .make("done", "Done.")], handlers: handlers)
    }

    @Test("a newer message cancels the turn that has not begun to write; the newer turn answers both")
    func doubleText() async throws {
        let valve = Valve()
        let chat = try await Conversation(try slowAgent(valve))
        try await chat.say("one", trace: "t1")
        await valve.waitForArrivals(1)
        try await chat.say("quick", trace: "t2")
        let second = try await chat.turn("t2")
        let all = try await chat.engine.events(of: chat.session, matching: EventQuery())
        #expect(
            all.filter { $0.traceID == "t1" }.map(\.brief) == [
                "> one", "acknowledged", "processing Interpreting", "processing Considering tools", "cancelled",
                "ready completed",
            ])
        #expect(second.map(\.brief).suffix(3) == ["< Done.", "ready", "ready completed"])
        let firstEnd = try #require(all.last { $0.traceID == "t1" }?.offset)
        let secondBegin = try #require(all.first { $0.traceID == "t2" && $0.source == .aiAgent }?.offset)
        #expect(firstEnd < secondBegin)
        #expect(all.map(\.offset) == Array(0..<all.count))
    }

    @Test("a tool's message of a cancelled turn is refused")
    func noLateMessages() async throws {
        let valve = Valve()
        let handlers = FakeHandlers(tools: [
            "late": { _, context in
                guard context.interaction.lastCustomerMessage == "one" else { return .result(ToolResult(data: 1)) }
                // A stubborn tool: it goes on after its cancellation.
                try? await valve.pass()
                try? await context.effects.emitMessage("too late")
                return .result(ToolResult(data: 1))
            }
        ])
        let chat = try await Conversation(
            .make(
                [.make("g", nil, matcher: .always, tools: ["late"])], tools: [.make("late")], handlers: handlers))
        try await chat.say("one", trace: "t1")
        await valve.waitForArrivals(1)
        try await chat.say("two", trace: "t2")
        _ = try await chat.turn("t2")
        let all = try await chat.engine.events(of: chat.session, matching: EventQuery())
        #expect(!all.contains { $0.brief == "< too late" })
    }

    @Test("one customer's slow tool delays nobody else")
    func independence() async throws {
        let valve = Valve()
        let chat = try await Conversation(try slowAgent(valve))
        try await chat.say("slow", trace: "t1")
        await valve.waitForArrivals(1)
        let draft = SessionDraft(agentID: "otto")
        let other = try await chat.engine.createSession(draft, allowGreeting: false, traceID: "t0").id
        _ = try await chat.engine.postCustomerMessage("quick", participant: nil, to: other, traceID: "t2")
        var events: [Event] = []
        while !events.contains(where: \.isCompleted) {
            let query = EventQuery(minOffset: (events.last?.offset ?? -1) + 1)
            events += try await chat.engine.waitForEvents(of: other, matching: query, timeout: .seconds(3600))
        }
        while chat.engine.runningTurns > 1 { await Task.yield() }
        #expect(chat.engine.runningTurns == 1)
        valve.open()
        #expect(try await chat.turn("t1").last?.brief == "ready completed")
    }

    @Test("a session in manual mode gets no turn, and asking for one says why")
    func manual() async throws {
        let chat = try await Conversation(try slowAgent(Valve()))
        _ = try await chat.engine.updateSession(chat.session, SessionChange(mode: .manual))
        await #expect(throws: EngineError.self) {
            try await chat.engine.requestTurn(in: chat.session, traceID: "t1")
        }
        try await chat.say("Hello", trace: "t2")
        await chat.engine.shutDown()
        #expect(try await chat.engine.events(of: chat.session, matching: EventQuery()).map(\.brief) == ["> Hello"])
    }

    @Test("asking for a turn returns its first status event, with the trace of the message to come")
    func requestedTurn() async throws {
        let snapshot = AgentSnapshot.make(
            [.make("g", nil, matcher: .always, responses: ["hi"])], responses: [try .make("hi", "Hi.")])
        let chat = try await Conversation(snapshot)
        let first = try await chat.engine.requestTurn(in: chat.session, traceID: "t1")
        #expect(first.brief == "acknowledged")
        #expect(try await chat.turn("t1").contains { $0.brief == "< Hi." })
    }

    @Test("asking for a turn fails when the store can keep nothing of it, and leaves nobody waiting")
    func silencedTurn() async throws {
        let chat = try await Conversation(.make(), store: SilencedSessionStore.init(base:))
        let error = await #expect(throws: EngineError.self) {
            try await chat.engine.requestTurn(in: chat.session, traceID: "t1")
        }
        #expect(error?.code == .turnFailed)
        #expect(error?.message.hasSuffix("the log says how") == true)
    }

    @Test("a greeting without anything to say stays silent")
    func greeting() async throws {
        let chat = try await Conversation(.make())
        let draft = SessionDraft(agentID: "otto")
        let session = try await chat.engine.createSession(draft, allowGreeting: true, traceID: "t9").id
        let query = EventQuery(minOffset: 3)
        let last = try await chat.engine.waitForEvents(of: session, matching: query, timeout: .seconds(3600))
        #expect(last.map(\.brief) == ["ready completed"])
    }

    @Test("deleting a session ends its turn and its waits")
    func deletion() async throws {
        let valve = Valve()
        let chat = try await Conversation(try slowAgent(valve))
        try await chat.say("slow", trace: "t1")
        await valve.waitForArrivals(1)
        let waiting = Task {
            let query = EventQuery(minOffset: 1000)
            return try await chat.engine.waitForEvents(of: chat.session, matching: query, timeout: .seconds(60))
        }
        while chat.engine.waitingReaders == 0 { await Task.yield() }
        try await chat.engine.deleteSession(chat.session)
        await #expect(throws: StoreError.self) { try await waiting.value }
        await chat.engine.shutDown()
        #expect(chat.engine.runningTurns == 0)
    }

    @Test("stopping lets a running turn finish")
    func gracefulStop() async throws {
        let valve = Valve()
        let chat = try await Conversation(try slowAgent(valve))
        try await chat.say("slow", trace: "t1")
        await valve.waitForArrivals(1)
        let stop = Task { await chat.engine.shutDown() }
        await chat.clock.waitForSleepers(1)
        valve.open()
        await stop.value
        let all = try await chat.engine.events(of: chat.session, matching: EventQuery())
        #expect(all.map(\.brief).suffix(3) == ["< Done.", "ready", "ready completed"])
    }

    @Test("stopping closes a turn that does not finish in time, with a clear status")
    func hurriedStop() async throws {
        let valve = Valve()
        let chat = try await Conversation(try slowAgent(valve))
        try await chat.say("slow", trace: "t1")
        await valve.waitForArrivals(1)
        let stop = Task { await chat.engine.shutDown() }
        await chat.clock.waitForSleepers(1)
        chat.clock.advance(by: .seconds(10))
        await stop.value
        let all = try await chat.engine.events(of: chat.session, matching: EventQuery())
        #expect(all.map(\.brief).suffix(2) == ["cancelled", "ready completed"])
    }

    @Test("random messages at any moment: offsets stay dense, each turn ends, and nothing follows a cancelled turn")
    func randomArrivals() async throws {
        for seed in 0..<20 {
            var random = SplitMix(seed: UInt64(seed))
            let snapshot = AgentSnapshot.make(
                [.make("g", nil, matcher: .always, tools: ["t"], responses: ["hi"])], tools: [.make("t")],
                responses: [try .make("hi", "Hi.")],
                handlers: FakeHandlers(tools: [
                    "t": { _, _ in
                        await Task.yield()
                        return .result(ToolResult(data: 1))
                    }
                ]))
            let chat = try await Conversation(snapshot)
            let count = 12
            for number in 1...count {
                try await chat.say("m\(number)", trace: TraceID("m\(number)"))
                for _ in 0..<Int.random(in: 0..<60, using: &random) { await Task.yield() }
            }
            _ = try await chat.turn(TraceID("m\(count)"))
            let all = try await chat.engine.events(of: chat.session, matching: EventQuery())
            #expect(all.map(\.offset) == Array(0..<all.count))
            for (_, events) in Dictionary(grouping: all, by: \.traceID) {
                let own = events.filter { $0.source != .customer }
                guard !own.isEmpty else { continue }
                #expect(own.last?.isCompleted == true)
                #expect(own.count { $0.isCompleted } == 1)
                if let cancelled = own.first(where: { $0.brief == "cancelled" }) {
                    #expect(!own.contains { $0.kind == .message && $0.offset > cancelled.offset })
                }
            }
        }
    }
}
