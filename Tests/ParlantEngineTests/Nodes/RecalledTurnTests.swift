import ParlantCore
import ParlantStores
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Turns that end because another node wants it", .timeLimit(.minutes(1)))
struct RecalledTurnTests {
    /// Two engines over one store, which share the leases. Their agent notes something of the customer, wherever a tool
    /// can, when the valve is open; that cannot be undone.
    private struct Nodes {
        let leases: SharedLeases
        let valve = Valve()
        let base: Conversation
        let first: EventEngine
        let second: EventEngine
        /// The turns that began.
        let runs = Runs()

        final class Runs: Sendable {
            private let list = Mutex<[TraceID]>([])
            func add(_ trace: TraceID) { list.withLock { $0.append(trace) } }
            var all: [TraceID] { list.withLock { $0 } }
        }

        init(_ doubleText: DoubleText = .interrupt) async throws {
            let base = try await Conversation(.make(), customer: CustomerDraft(id: "ann", name: "Ann"))
            let leases = SharedLeases(clock: base.clock)
            self.base = base
            self.leases = leases
            var snapshot = Self.agent(valve, runs)
            snapshot.agent.doubleText = doubleText
            func node(_ number: Int) -> EventEngine {
                Conversation(
                    after: base, snapshot, store: MortalSessionStore(base.sessions, leases: leases),
                    node: SharedNode(id: NodeID("n\(number)"), feed: SilentFeed(), leases: leases.node(number))
                ).engine
            }
            first = node(1)
            second = node(2)
        }

        private static func agent(_ valve: Valve, _ runs: Runs) -> AgentSnapshot {
            let handlers = FakeHandlers(tools: [
                "note": { _, context in
                    runs.add(context.traceID)
                    try await valve.pass()
                    for scope in [KeyValueScope.session(context.session.id), .customer(context.customer.id)] {
                        try await context.effects.keyValues.set("late", to: "marker", in: scope, lifetime: nil)
                    }
                    try await context.effects.setVariable("plan", to: "marker")
                    return .result(ToolResult(data: "ok"))
                }
            ])
            var snapshot = AgentSnapshot.make(
                [.make("g", nil, matcher: .always, tools: ["note"])], tools: [.make("note", consequential: true)],
                handlers: handlers)
            snapshot.variables = [ContextVariable(id: "v", name: "plan", tags: ["agent:otto"])]
            return snapshot
        }

        var session: SessionID { base.session }

        func say(_ text: String, at engine: EventEngine, trace: TraceID) async throws {
            _ = try await engine.postCustomerMessage(text, participant: nil, to: session, traceID: trace)
        }

        /// Erases the customer at the second node.
        func erase() async throws -> CustomerErasure.Report {
            let stores = Stores(
                customers: base.customers, tags: MemoryTagStore(clock: base.clock, ids: base.ids),
                sessions: base.sessions, keyValues: base.keyValues, explanations: base.explanations,
                entities: base.stores)
            return try await CustomerErasure(stores, sessions: second) { [] }.erase("ann")
        }

        /// Lets time pass when both the first node's renewal and the second node wait for that.
        func pass(_ time: Duration) async {
            await base.clock.waitForSleepers(2)
            base.clock.advance(by: time)
        }

        func firstIsIdle() async { while first.runningTurns > 0 { await Task.yield() } }

        /// Where anything is left.
        func remains() async throws -> [String] {
            var found: [String] = []
            if try await !base.sessions.list(SessionQuery()).items.isEmpty { found.append("session") }
            if try await !base.explanations.traces(of: session).isEmpty { found.append("explanations") }
            for scope in [KeyValueScope.session(session), .customer("ann")] {
                if try await !base.keyValues.entries(in: scope).isEmpty { found.append("\(scope)") }
            }
            if try await !base.stores.values.list().isEmpty { found.append("values") }
            return found
        }
    }

    @Test("an erasure waits for a tool that runs at another node, and removes what it writes")
    func erasure() async throws {
        let nodes = try await Nodes()
        try await nodes.say("Hello", at: nodes.first, trace: "t1")
        await nodes.valve.waitForArrivals(1)
        let erasure = Task { try await nodes.erase() }
        // The first hears of it when it renews its lease.
        await nodes.pass(.seconds(5))
        await nodes.base.clock.waitForSleepers(2)
        #expect(try await nodes.remains() == ["session"])
        nodes.valve.open()
        await nodes.firstIsIdle()
        nodes.base.clock.advance(by: .seconds(1))
        #expect(try await erasure.value.sessions == 1)
        #expect(try await nodes.remains() == [])
        #expect(nodes.runs.all == ["t1"])
    }

    @Test("one that does not end within the time of a lease is told of, and asking again finishes what was asked for")
    func refusal() async throws {
        let nodes = try await Nodes()
        try await nodes.say("Hello", at: nodes.first, trace: "t1")
        await nodes.valve.waitForArrivals(1)
        let deletion = Task { try await nodes.second.deleteSession(nodes.session) }
        for _ in 0..<4 { await nodes.pass(.seconds(5)) }
        let error = await #expect(throws: EngineError.self) { try await deletion.value }
        #expect(error?.code == .turnRunsElsewhere)
        #expect(
            error?.message
                == "another server was asked to end its turn of the session '\(nodes.session)', and has not within 15 "
                + "seconds; ask again when the tool that it waits for has ended")
        #expect(try await nodes.remains() == ["session"])
        nodes.valve.open()
        await nodes.firstIsIdle()
        #expect(try await nodes.remains().count == 5)
        #expect(try await nodes.erase().sessions == 1)
        #expect(try await nodes.remains() == [])
    }

    @Test("a node that has died is waited for until its lease ends, and no longer")
    func deadNode() async throws {
        let nodes = try await Nodes()
        nodes.leases.isMute.store(true, ordering: .relaxed)
        try await nodes.say("Hello", at: nodes.first, trace: "t1")
        await nodes.valve.waitForArrivals(1)
        let deletion = Task { try await nodes.second.deleteSession(nodes.session) }
        for _ in 0..<2 { await nodes.pass(.seconds(5)) }
        await nodes.base.clock.waitForSleepers(2)
        #expect(try await nodes.remains() == ["session"])
        nodes.base.clock.advance(by: .seconds(5))
        try await deletion.value
        #expect(try await nodes.remains() == [])
        nodes.valve.open()
        await nodes.firstIsIdle()
    }

    @Test("those that wait behind it at any node are not begun, whoever ends them", arguments: [true, false])
    func waiting(isEndedByHolder: Bool) async throws {
        let nodes = try await Nodes(.enqueue)
        try await nodes.say("one", at: nodes.first, trace: "t1")
        await nodes.valve.waitForArrivals(1)
        try await nodes.say("two", at: nodes.first, trace: "t2")
        try await nodes.say("three", at: nodes.second, trace: "t3")
        while nodes.second.runningTurns > 0 { await Task.yield() }
        let ending = Task { try await (isEndedByHolder ? nodes.first : nodes.second).endTurns(in: nodes.session) }
        if !isEndedByHolder { await nodes.pass(.seconds(5)) }
        // What waits at the holder itself is closed when the turn is cancelled.
        func open() async throws -> [TraceID] {
            try await nodes.base.sessions.openTurns(of: nodes.session).map(\.traceID)
        }
        while try await open().contains("t2") { await Task.yield() }
        if !isEndedByHolder { await nodes.base.clock.waitForSleepers(2) }
        nodes.valve.open()
        await nodes.firstIsIdle()
        if !isEndedByHolder { nodes.base.clock.advance(by: .seconds(1)) }
        try await ending.value
        #expect(nodes.runs.all == ["t1"])
        // It goes with the session; where that stays, somebody finds it abandoned.
        #expect(try await open() == ["t3"])
    }
}
