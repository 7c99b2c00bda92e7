import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@testable import ParlantEngine

@Suite("Deleting sessions", .timeLimit(.minutes(5)))
struct SessionDeletionTests {
    private static let marker = "Zq7MARKERq7Z"

    /// A customer's session with the marker in an event, an explanation and an entry of a script.
    private func markedSession(of customer: CustomerID, in chat: Conversation) async throws -> SessionID {
        let session = try await chat.sessions.create(SessionDraft(agentID: "otto", customerID: customer)).id
        _ = try await chat.sessions.append(
            EventDraft(source: .customer, kind: .custom, traceID: "t", data: .string(Self.marker)), to: session)
        try await chat.explanations.save(
            Explanation(session: session, traceID: "t", content: Array(#"{"because": "\#(Self.marker)"}"#.utf8)))
        try await chat.keyValues.set("note", to: .string(Self.marker), in: .session(session), lifetime: nil)
        return session
    }

    /// What is left of a session.
    private func remains(of session: SessionID, in chat: Conversation) async throws -> [String] {
        var found: [String] = []
        if try await chat.sessions.list(SessionQuery()).items.contains(where: { $0.id == session }) {
            found.append("session")
        }
        if try await !chat.explanations.traces(of: session).isEmpty { found.append("explanations") }
        if try await !chat.keyValues.entries(in: .session(session)).isEmpty { found.append("entries") }
        return found
    }

    /// An engine over the same stores whose process dies at its n-th write to sessions.
    private func dying(_ chat: Conversation, at write: Int, _ death: MortalSessionStore.Death) -> EventEngine {
        Conversation(after: chat, .make(), store: MortalSessionStore(chat.sessions, last: write, death)).engine
    }

    @Test(
        "one that breaks off is finished by asking again, whether or not the session is there still",
        arguments: MortalSessionStore.Death.allCases)
    func brokenOff(death: MortalSessionStore.Death) async throws {
        let chat = try await Conversation(.make())
        let session = try await markedSession(of: "ann", in: chat)
        await #expect(throws: StoreError.self) { try await dying(chat, at: 1, death).deleteSession(session) }
        switch death {
        case .before:
            #expect(try await remains(of: session, in: chat) == ["session"])
            #expect(try await chat.engine.events(of: session, matching: EventQuery()).count == 1)
            try await chat.engine.deleteSession(session)
        case .after:
            let error = await #expect(throws: StoreError.self) { try await chat.engine.deleteSession(session) }
            #expect(error?.code == .notFound)
        }
        #expect(try await remains(of: session, in: chat) == [])
    }

    @Test(
        "nothing is left for an erasure to miss where one broke off",
        arguments: MortalSessionStore.Death.allCases)
    func erasure(death: MortalSessionStore.Death) async throws {
        let chat = try await Conversation(.make())
        let session = try await markedSession(of: "ann", in: chat)
        await #expect(throws: StoreError.self) { try await dying(chat, at: 1, death).deleteSession(session) }
        let stores = Stores(
            customers: chat.customers, tags: MemoryTagStore(clock: chat.clock, ids: chat.ids), sessions: chat.sessions,
            keyValues: chat.keyValues, explanations: chat.explanations, entities: chat.stores)
        let report = try await CustomerErasure(stores, sessions: chat.engine) { [] }.erase("ann")
        #expect(report.sessions == (death == .before ? 1 : 0))
        #expect(try await remains(of: session, in: chat) == [])
    }

    @Test("of a session that is gone already removes what was left of it, and says that there is none")
    func orphans() async throws {
        let chat = try await Conversation(.make())
        let session = try await markedSession(of: "ann", in: chat)
        try await chat.sessions.delete(session)
        #expect(try await remains(of: session, in: chat) == ["explanations", "entries"])
        let error = await #expect(throws: StoreError.self) { try await chat.engine.deleteSession(session) }
        #expect(error?.message == "there is no session '\(session)'")
        #expect(try await remains(of: session, in: chat) == [])
    }

    @Test(
        "of all that match leaves nothing of those that are gone when it breaks off, and goes on when asked again",
        arguments: 1...3, MortalSessionStore.Death.allCases)
    func many(write: Int, death: MortalSessionStore.Death) async throws {
        let chat = try await Conversation(.make())
        var sessions: [SessionID] = []
        for _ in 0..<3 { sessions.append(try await markedSession(of: "ann", in: chat)) }
        let other = try await markedSession(of: "bob", in: chat)
        let query = SessionQuery(customerID: "ann", page: PageRequest(limit: 1))
        await #expect(throws: StoreError.self) { try await dying(chat, at: write, death).deleteSessions(query) }
        let gone = death == .before ? write - 1 : write
        for (place, session) in sessions.enumerated() {
            let left = try await remains(of: session, in: chat)
            #expect(left.contains("session") ? place >= gone : left.isEmpty && place < gone)
        }
        try await chat.engine.deleteSessions(query)
        for session in sessions { #expect(try await remains(of: session, in: chat) == []) }
        #expect(try await remains(of: other, in: chat) == ["session", "explanations", "entries"])
    }

    /// Notes something in the session when the valve is open, which cannot be undone.
    private func agent(_ valve: Valve) -> AgentSnapshot {
        let handlers = FakeHandlers(tools: [
            "note": { _, context in
                try await valve.pass()
                try await context.effects.keyValues.set(
                    "late", to: .string(Self.marker), in: .session(context.session.id), lifetime: nil)
                return .result(ToolResult(data: "ok"))
            }
        ])
        return .make(
            [.make("g", nil, matcher: .always, tools: ["note"])], tools: [.make("note", consequential: true)],
            handlers: handlers)
    }

    @Test("waits for a tool whose effect cannot be undone, and leaves nothing of what it writes")
    func waiting() async throws {
        let valve = Valve()
        let chat = try await Conversation(agent(valve))
        try await chat.say("Hello", trace: "t1")
        await valve.waitForArrivals(1)
        let deletion = Task { try await chat.engine.deleteSession(chat.session) }
        for _ in 0..<100 { await Task.yield() }
        #expect(try await chat.engine.session(chat.session).id == chat.session)
        valve.open()
        try await deletion.value
        #expect(try await remains(of: chat.session, in: chat) == [])
    }

    @Test("waits for no turn of a message that comes meanwhile, and has it call nothing")
    func messageMeanwhile() async throws {
        let valve = Valve()
        let chat = try await Conversation(agent(valve))
        try await chat.say("Hello", trace: "t1")
        await valve.waitForArrivals(1)
        let deletion = Task { try await chat.engine.deleteSession(chat.session) }
        for _ in 0..<100 { await Task.yield() }
        try await chat.say("And another thing", trace: "t2")
        valve.open()
        try await deletion.value
        #expect(valve.arrivals == 1)
        #expect(try await remains(of: chat.session, in: chat) == [])
    }

    @Test("of all that match leaves alone one that is handed to another customer meanwhile")
    func handedOver() async throws {
        let valve = Valve()
        let chat = try await Conversation(agent(valve))
        let session = try await markedSession(of: Customer.guestID, in: chat)
        try await chat.say("Hello", trace: "t1")
        await valve.waitForArrivals(1)
        let deletion = Task { try await chat.engine.deleteSessions(SessionQuery(customerID: Customer.guestID)) }
        for _ in 0..<100 { await Task.yield() }
        // The first one's turn is waited for.
        _ = try await chat.engine.updateSession(session, SessionChange(customerID: "ann"))
        valve.open()
        try await deletion.value
        #expect(try await remains(of: chat.session, in: chat) == [])
        #expect(try await remains(of: session, in: chat) == ["session", "explanations", "entries"])
    }

    @Test("a turn that was asked for and waits is refused, and its client is not told of a newer message")
    func waitingRequest() async throws {
        let valve = Valve()
        var snapshot = agent(valve)
        snapshot.agent.doubleText = .enqueue
        let chat = try await Conversation(snapshot)
        try await chat.say("Hello", trace: "t1")
        await valve.waitForArrivals(1)
        let requested = Task { try await chat.engine.requestTurn(in: chat.session, traceID: "t2") }
        while chat.engine.scheduler.waitingCount(chat.session) == 0 { await Task.yield() }
        let deletion = Task { try await chat.engine.deleteSession(chat.session) }
        let error = await #expect(throws: EngineError.self) { try await requested.value }
        #expect(error?.code == .turnFailed)
        #expect(
            error?.message
                == "the turns of the session were ended, perhaps because it is deleted; look whether it is still there")
        valve.open()
        try await deletion.value
    }
}
