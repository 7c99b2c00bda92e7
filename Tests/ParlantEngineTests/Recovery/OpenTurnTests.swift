import ParlantCore
import ParlantEngine
import ParlantStores
import ParlantTesting
import Synchronization
import Testing

/// A store that does not take what the agent says while it is down; everything else goes to `base`.
private final class FailingSessionStore: SessionStore {
    let base: MemorySessionStore
    let isDown = Mutex(false)

    init(_ base: MemorySessionStore) { self.base = base }

    private func check() throws {
        guard !isDown.withLock({ $0 }) else {
            throw StoreError(.unavailable, entity: "event", id: "", message: "the database is away; wait for it")
        }
    }

    func create(_ draft: SessionDraft) async throws -> Session { try await base.create(draft) }
    func read(_ id: SessionID) async throws -> Session { try await base.read(id) }
    func list(_ query: SessionQuery) async throws -> Page<Session> { try await base.list(query) }
    func update(_ id: SessionID, _ change: SessionChange) async throws -> Session {
        try check()
        return try await base.update(id, change)
    }
    func delete(_ id: SessionID) async throws { try await base.delete(id) }
    func append(_ draft: EventDraft, to id: SessionID, _ mark: TurnMark?) async throws -> Event {
        try check()
        return try await base.append(draft, to: id, mark)
    }
    func events(of id: SessionID, matching query: EventQuery) async throws -> [Event] {
        try await base.events(of: id, matching: query)
    }
    func event(_ event: EventID, of id: SessionID) async throws -> Event { try await base.event(event, of: id) }
    func update(_ event: EventID, of id: SessionID, _ change: EventChange) async throws -> Event {
        try check()
        return try await base.update(event, of: id, change)
    }
    func deleteEvents(of id: SessionID, from minOffset: Int) async throws {
        try await base.deleteEvents(of: id, from: minOffset)
    }
    func open(_ turn: OpenTurn) async throws { try await base.open(turn) }
    func update(_ turn: OpenTurn, under lease: TurnLease?) async throws {
        try check()
        try await base.update(turn, under: lease)
    }
    func close(_ traceID: TraceID, of id: SessionID) async throws { try await base.close(traceID, of: id) }
    func openTurns(of id: SessionID?) async throws -> [OpenTurn] { try await base.openTurns(of: id) }
}

@Suite("The list of open turns")
struct OpenTurnTests {
    /// Answers with what the customer said; waits in a tool until the valve is open.
    private func agent(_ valve: Valve, _ doubleText: DoubleText = .interrupt) -> AgentSnapshot {
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

    private func open(_ chat: Conversation) async throws -> [String] {
        try await chat.sessions.openTurns(of: nil).map(\.traceID.rawValue)
    }

    @Test("a turn is in it from the message to its last status, and costs no write besides")
    func life() async throws {
        let valve = Valve()
        let chat = try await Conversation(agent(valve))
        try await chat.say("one", trace: "t1")
        await valve.waitForArrivals(1)
        #expect(try await open(chat) == ["t1"])
        valve.open()
        _ = try await chat.turn("t1")
        #expect(try await open(chat).isEmpty)
    }

    @Test(
        "a request that gives way to a newer one leaves it, and so does a turn that is cancelled",
        arguments: [DoubleText.interrupt, .merge, .enqueue])
    func superseded(doubleText: DoubleText) async throws {
        let valve = Valve()
        let chat = try await Conversation(agent(valve, doubleText))
        for (place, text) in ["one", "two", "three"].enumerated() {
            try await chat.say(text, trace: TraceID("t\(place + 1)"))
            if place == 0 { await valve.waitForArrivals(1) }
        }
        valve.open()
        _ = try await chat.turn("t3")
        await chat.engine.drain()
        #expect(try await open(chat).isEmpty)
    }

    @Test("nobody answers in manual mode, nor for an agent that is not defined: nothing stays open")
    func unanswered() async throws {
        let chat = try await Conversation(.make())
        _ = try await chat.engine.updateSession(chat.session, SessionChange(mode: .manual))
        try await chat.say("Hello?", trace: "t1")
        #expect(try await open(chat).isEmpty)
        let draft = SessionDraft(agentID: "nobody")
        let other = try await chat.engine.createSession(draft, allowGreeting: true, traceID: "t2").id
        _ = try await chat.engine.postCustomerMessage("Hello?", participant: nil, to: other, traceID: "t3")
        await chat.engine.becomeIdle()
        await chat.engine.drain()
        #expect(try await open(chat).isEmpty)
    }

    @Test("a turn whose session went over to people before it began is closed without a word")
    func late() async throws {
        let valve = Valve()
        let chat = try await Conversation(agent(valve, .enqueue))
        try await chat.say("one", trace: "t1")
        await valve.waitForArrivals(1)
        try await chat.say("two", trace: "t2")
        _ = try await chat.engine.updateSession(chat.session, SessionChange(mode: .manual))
        valve.open()
        _ = try await chat.turn("t1")
        await chat.engine.becomeIdle()
        #expect(try await open(chat).isEmpty)
        #expect(try await chat.engine.events(of: chat.session, matching: EventQuery(traceID: "t2")).count == 1)
    }

    @Test("a turn that a hook drops is closed")
    func dropped() async throws {
        let handlers = FakeHandlers(hooks: [.acknowledging: [{ _, _ in HookVerdict(.bail) }]])
        let chat = try await Conversation(.make(handlers: handlers))
        try await chat.say("Hi", trace: "t1")
        _ = try await chat.turn("t1")
        #expect(try await open(chat).isEmpty)
    }

    @Test("what is deleted with its message leaves it")
    func deleted() async throws {
        let valve = Valve()
        let chat = try await Conversation(agent(valve))
        try await chat.say("one", trace: "t1")
        await valve.waitForArrivals(1)
        try await chat.engine.deleteEvents(of: chat.session, from: 0)
        await chat.engine.becomeIdle()
        #expect(try await open(chat).isEmpty)
    }

    @Test("a stop ends what runs and keeps what waits, which the next start answers in order")
    func stop() async throws {
        let valve = Valve()
        let snapshot = agent(valve, .enqueue)
        let chat = try await Conversation(snapshot)
        for (place, text) in ["one", "two", "three"].enumerated() {
            try await chat.say(text, trace: TraceID("t\(place + 1)"))
        }
        await valve.waitForArrivals(1)
        let stop = Task { await chat.engine.shutDown() }
        await chat.clock.waitForSleepers(1)
        chat.clock.advance(by: .seconds(10))
        await stop.value
        let first = try await chat.sessions.events(of: chat.session, matching: EventQuery(traceID: "t1"))
        #expect(first.map(\.brief).suffix(2) == ["cancelled", "ready completed"])
        #expect(try await open(chat) == ["t2", "t3"])
        valve.open()
        let next = Conversation(after: chat, snapshot)
        #expect(try await next.engine.recover() == 2)
        _ = try await next.turn("t3")
        let said = try await next.engine.events(
            of: chat.session, matching: EventQuery(kinds: [.message], source: .aiAgent))
        // What the cancelled turn did not answer, the next one does.
        #expect(said.map(\.brief) == ["< You said one and two.", "< You said three."])
        await next.engine.drain()
        #expect(try await open(next).isEmpty)
    }

    @Test("a requested turn that the stop refuses is not run by the next start: whoever asked was told")
    func refused() async throws {
        let valve = Valve()
        let chat = try await Conversation(agent(valve, .enqueue))
        try await chat.say("one", trace: "t1")
        await valve.waitForArrivals(1)
        let request = Task { try await chat.engine.requestTurn(in: chat.session, traceID: "t2") }
        while try await open(chat).count < 2 { await Task.yield() }
        let stop = Task { await chat.engine.drain() }
        valve.open()
        await stop.value
        let result = await request.result
        #expect(try await open(chat).isEmpty)
        if case .failure(let error as EngineError) = result { #expect(error.code == .shuttingDown) }
    }

    @Test("a turn that is taken up while it runs, or twice, runs once")
    func twice() async throws {
        let valve = Valve()
        let chat = try await Conversation(agent(valve, .enqueue))
        try await chat.say("one", trace: "t1")
        await valve.waitForArrivals(1)
        let turn = try #require(try await chat.sessions.openTurns(of: nil).first)
        chat.engine.recover(turn)
        try await chat.engine.request(turn)
        valve.open()
        _ = try await chat.turn("t1")
        await chat.engine.becomeIdle()
        chat.engine.recover(turn)
        await chat.engine.becomeIdle()
        #expect(try await chat.turn("t1").filter { $0.brief.hasPrefix("<") }.count == 1)
    }

    @Test("a turn that was asked for elsewhere runs as if it had been asked for here")
    func elsewhere() async throws {
        let valve = Valve()
        let chat = try await Conversation(agent(valve))
        try await chat.say("one", trace: "t1")
        await valve.waitForArrivals(1)
        let message = EventDraft(
            source: .customer, kind: .message, traceID: "t2",
            data: EventData.customerMessage("two", from: Participant(id: nil, displayName: "Ann")))
        _ = try await chat.sessions.append(message, to: chat.session, .opens)
        let turn = try #require(try await chat.sessions.openTurns(of: nil).last)
        try await chat.engine.request(turn)
        valve.open()
        #expect(try await chat.turn("t1").map(\.brief).suffix(2) == ["cancelled", "ready completed"])
        #expect(try await chat.turn("t2").map(\.brief).contains("< You said one and two."))
        #expect(try await open(chat).isEmpty)
    }

    @Test("a turn whose store goes away in its middle ends when the store is back, before what comes later")
    func outage() async throws {
        let valve = Valve()
        let slot = Mutex<FailingSessionStore?>(nil)
        let chat = try await Conversation(agent(valve)) { base in
            let store = FailingSessionStore(base)
            slot.withLock { $0 = store }
            return store
        }
        let store = try #require(slot.withLock { $0 })
        try await chat.say("one", trace: "t1")
        await valve.waitForArrivals(1)
        store.isDown.withLock { $0 = true }
        valve.open()
        // The end could not be stored, nor at the second attempt.
        await chat.clock.waitForSleepers(1)
        chat.clock.advance(by: .seconds(1))
        await chat.clock.waitForSleepers(1)
        #expect(try await open(chat) == ["t1"])
        store.isDown.withLock { $0 = false }
        try await chat.say("two", trace: "t2")
        chat.clock.advance(by: .seconds(2))
        let (first, second) = (try await chat.turn("t1"), try await chat.turn("t2"))
        #expect(first.map(\.brief).suffix(2) == ["cancelled", "ready completed"], "\(first.map(\.brief))")
        #expect(second.contains { $0.brief == "< You said one and two." }, "\(second.map(\.brief))")
        #expect(try await open(chat).isEmpty)
    }

    @Test(
        "a requested turn that failed before its first event is not run once the store is back: whoever asked was told")
    func failed() async throws {
        let slot = Mutex<FailingSessionStore?>(nil)
        let chat = try await Conversation(.make()) { base in
            let store = FailingSessionStore(base)
            slot.withLock { $0 = store }
            return store
        }
        let store = try #require(slot.withLock { $0 })
        store.isDown.withLock { $0 = true }
        let error = await #expect(throws: EngineError.self) {
            try await chat.engine.requestTurn(in: chat.session, traceID: "t1")
        }
        #expect(error?.code == .turnFailed)
        await chat.clock.waitForSleepers(1)
        store.isDown.withLock { $0 = false }
        chat.clock.advance(by: .seconds(1))
        await chat.engine.becomeIdle()
        #expect(try await open(chat).isEmpty)
        #expect(try await chat.engine.events(of: chat.session, matching: EventQuery()).isEmpty)
    }

    @Test("what a process knows of a call counts although it could not be written down: it is told, and not done again")
    func known() async throws {
        let slot = Mutex<FailingSessionStore?>(nil)
        let count = Mutex(0)
        let send = Tool.make("send", consequential: true)
        let handlers = FakeHandlers(tools: [
            "send": { _, _ in
                count.withLock { $0 += 1 }
                slot.withLock { $0 }?.isDown.withLock { $0 = true }
                return .result(ToolResult(data: "receipt 7"))
            }
        ])
        let model = ScriptedModel([
            "guideline_matches": { _ in ["applies": [["number": 1, "reason": "asked"]]] },
            "consequential_tool_call": { _ in
                [
                    "rationale": "They want it.", "outcome": "needs_to_run",
                    "calls": [["tool": "test:send", "arguments": [:], "wanted_again": false]],
                ]
            },
            "reply": { ["message": .string($0.prompt.contains("receipt 7") ? "Sent." : "Unclear.")] },
        ])
        let guideline = Guideline.make("send", "The customer wants to send money", tools: ["send"])
        let chat = try await Conversation(.make([guideline], tools: [send], handlers: handlers), nlp: model) { base in
            let store = FailingSessionStore(base)
            slot.withLock { $0 = store }
            return store
        }
        try await chat.say("Send it", trace: "t1")
        await chat.clock.waitForSleepers(1)
        slot.withLock { $0 }?.isDown.withLock { $0 = false }
        chat.clock.advance(by: .seconds(1))
        #expect(try await chat.turn("t1").contains { $0.brief == "< Sent." })
        #expect(count.withLock { $0 } == 1)
        #expect(try await open(chat).isEmpty)
    }

    @Test("a stop does not wait for a turn whose store is away; the next start ends it")
    func stopInOutage() async throws {
        let slot = Mutex<FailingSessionStore?>(nil)
        let snapshot = agent(Valve())
        let chat = try await Conversation(snapshot) { base in
            let store = FailingSessionStore(base)
            slot.withLock { $0 = store }
            return store
        }
        let message = EventDraft(
            source: .customer, kind: .message, traceID: "t1",
            data: EventData.customerMessage("one", from: Participant(id: nil, displayName: "Ann")))
        _ = try await chat.sessions.append(message, to: chat.session, .opens)
        try #require(slot.withLock { $0 }).isDown.withLock { $0 = true }
        #expect(try await chat.engine.recover() == 1)
        await chat.clock.waitForSleepers(1)
        // Nobody moves the clock.
        await chat.engine.shutDown()
        #expect(try await open(chat) == ["t1"])
        let next = Conversation(after: chat, .make())
        try await next.engine.recover()
        #expect(try await next.turn("t1").last?.isCompleted == true)
    }
}
