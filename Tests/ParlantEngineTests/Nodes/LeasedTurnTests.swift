import ParlantCore
import ParlantStores
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Turns of sessions that two nodes share", .timeLimit(.minutes(5)))
struct LeasedTurnTests {
    /// Two engines over one store, which share the leases.
    private struct Nodes {
        let leases: SharedLeases
        /// Where the tool waits at the first node, and at the second, where it is open unless a test wants it.
        let valve = Valve(), secondValve = Valve()
        let first: Conversation
        let second: Conversation
        /// The turns that began, with the node that ran each.
        let runs: Runs

        final class Runs: Sendable {
            private let list = Mutex<[String]>([])
            func add(_ name: String) { list.withLock { $0.append(name) } }
            var all: [String] { list.withLock { $0 } }
        }

        /// - Parameters:
        ///   - firstIsMute: Whether the first node neither renews nor gives back leases.
        ///   - isConsequential: Whether the effect of the tool cannot be undone.
        ///   - holdsSecond: Whether the tool waits at the second node too.
        ///   - stall: Holds up the first node's noting of calls.
        init(
            _ doubleText: DoubleText = .interrupt, firstIsMute: Bool = false, isConsequential: Bool = false,
            holdsSecond: Bool = false, stall: (@Sendable (MortalSessionStore.Stall) async -> Void)? = nil
        ) async throws {
            let base = try await Conversation(.make())
            let leases = SharedLeases(clock: base.clock)
            let runs = Runs()
            self.leases = leases
            self.runs = runs
            func node(_ number: Int, _ valve: Valve) -> Conversation {
                var snapshot = Self.agent(valve, runs, "n\(number)", isConsequential: isConsequential)
                snapshot.agent.doubleText = doubleText
                return Conversation(
                    after: base, snapshot,
                    store: MortalSessionStore(base.sessions, leases: leases, stall: number == 1 ? stall : nil),
                    node: SharedNode(
                        id: NodeID("n\(number)"), feed: SilentFeed(), leases: leases.node(number)))
            }
            leases.isMute.store(firstIsMute, ordering: .relaxed)
            first = node(1, valve)
            second = node(2, secondValve)
            if !holdsSecond { secondValve.open() }
        }

        /// Repeats the messages that its turn answers; waits in a tool until the valve is open.
        private static func agent(
            _ valve: Valve, _ runs: Runs, _ node: String, isConsequential: Bool
        ) -> AgentSnapshot {
            let handlers = FakeHandlers(tools: [
                "repeat": { _, context in
                    let text = context.interaction.unansweredCustomerMessages.joined(separator: " and ")
                    runs.add("\(node): \(text)")
                    try await valve.pass()
                    return .result(ToolResult(data: "ok", cannedResponses: ["You said \(text)."]))
                }
            ])
            return .make(
                [.make("g", nil, matcher: .always, tools: ["repeat"])],
                tools: [.make("repeat", consequential: isConsequential)], handlers: handlers)
        }

        /// What the agent said.
        func replies() async throws -> [String] {
            try await second.engine.events(of: second.session, matching: EventQuery())
                .filter { $0.kind == .message && $0.source == .aiAgent }.map(\.brief)
        }

        func isIdle() async throws {
            while first.engine.runningTurns + second.engine.runningTurns > 0 { await Task.yield() }
            while try await !first.sessions.openTurns(of: nil).isEmpty { await Task.yield() }
        }
    }

    @Test("a message that is posted at one node is left to the other while its turn runs, and answered there")
    func leaving() async throws {
        let nodes = try await Nodes(.enqueue)
        try await nodes.first.say("one", trace: "t1")
        await nodes.valve.waitForArrivals(1)
        try await nodes.second.say("two", trace: "t2")
        while nodes.second.engine.runningTurns > 0 { await Task.yield() }
        #expect(nodes.runs.all == ["n1: one"])
        nodes.valve.open()
        try await nodes.isIdle()
        #expect(try await nodes.replies() == ["< You said one.", "< You said two."])
        #expect(nodes.runs.all == ["n1: one", "n1: two"])
        #expect(try await nodes.leases.node(3).held(among: [nodes.second.session]).isEmpty)
    }

    @Test("a message that is posted at one node interrupts the turn at the other, once that one hears of it")
    func interrupting() async throws {
        let nodes = try await Nodes(.interrupt)
        try await nodes.first.say("one", trace: "t1")
        await nodes.valve.waitForArrivals(1)
        let event = try await nodes.second.say("two", trace: "t2")
        nodes.first.engine.follow(.asked(event.traceID, nodes.first.session))
        // It waits there, because the turn of the first was cancelled.
        await nodes.valve.waitForArrivals(2)
        nodes.valve.open()
        try await nodes.isIdle()
        #expect(try await nodes.replies() == ["< You said one and two."])
    }

    @Test("what is heard of a turn that runs here, or is over, changes nothing")
    func echo() async throws {
        let nodes = try await Nodes(.interrupt)
        try await nodes.first.say("one", trace: "t1")
        await nodes.valve.waitForArrivals(1)
        nodes.first.engine.follow(.asked("t1", nodes.first.session))
        nodes.second.engine.follow(.asked("t1", nodes.first.session))
        nodes.valve.open()
        try await nodes.isIdle()
        nodes.first.engine.follow(.asked("t1", nodes.first.session))
        nodes.second.engine.recover(
            OpenTurn(session: nodes.first.session, traceID: "t1", causeOffset: 0, openedAt: nodes.first.clock.now))
        try await nodes.isIdle()
        #expect(try await nodes.replies() == ["< You said one."])
        #expect(nodes.runs.all == ["n1: one"])
    }

    @Test("an agent that rejects does so at every node")
    func rejecting() async throws {
        let nodes = try await Nodes(.reject)
        try await nodes.first.say("one", trace: "t1")
        await nodes.valve.waitForArrivals(1)
        let error = await #expect(throws: EngineError.self) { try await nodes.second.say("two", trace: "t2") }
        #expect(error?.code == .busy)
        nodes.valve.open()
        try await nodes.isIdle()
        #expect(try await nodes.second.ask("three", trace: "t3") == "You said three.")
    }

    @Test("whoever asked for a turn is told when the other node has closed it without a word")
    func closedElsewhere() async throws {
        let nodes = try await Nodes(.enqueue)
        try await nodes.first.say("one", trace: "t1")
        await nodes.valve.waitForArrivals(1)
        let request = Task { [second = nodes.second] in
            try await second.engine.requestTurn(in: second.session, traceID: "t2")
        }
        while try await nodes.first.sessions.openTurns(of: nil).count < 2 { await Task.yield() }
        while nodes.second.engine.runningTurns > 0 { await Task.yield() }
        // The lease's renewal, and the look at what has become of the turn.
        await nodes.first.clock.waitForSleepers(2)
        nodes.first.clock.advance(by: .seconds(5))
        await nodes.first.clock.waitForSleepers(2)
        try await nodes.first.sessions.close("t2", of: nodes.first.session)
        nodes.first.clock.advance(by: .milliseconds(10_500))
        let error = await #expect(throws: EngineError.self) { try await request.value }
        #expect(error?.code == .superseded)
        #expect(
            error?.message
                == "another server ended this turn before it began, for a newer message or for people who answer; "
                + "read the session's events")
        nodes.valve.open()
        try await nodes.isIdle()
    }

    @Test("a turn that takes longer than a lease keeps it")
    func renewal() async throws {
        let nodes = try await Nodes()
        try await nodes.first.say("one", trace: "t1")
        await nodes.valve.waitForArrivals(1)
        let watch = Task { try await nodes.second.engine.watchOverTurns() }
        for _ in 0..<12 {
            await nodes.first.clock.waitForSleepers(2)
            nodes.first.clock.advance(by: .seconds(5))
        }
        #expect(nodes.runs.all == ["n1: one"])
        nodes.valve.open()
        try await nodes.isIdle()
        #expect(try await nodes.replies() == ["< You said one."])
        watch.cancel()
    }

    @Test(
        "the turn of a node that died is run by another when its lease has ended; what the dead one says then is dropped"
    )
    func takeover() async throws {
        let nodes = try await Nodes(firstIsMute: true)
        try await nodes.first.say("one", trace: "t1")
        await nodes.valve.waitForArrivals(1)
        let watch = Task { try await nodes.second.engine.watchOverTurns() }
        for _ in 0..<2 {
            await nodes.first.clock.waitForSleepers(2)
            nodes.first.clock.advance(by: .seconds(5))
        }
        #expect(nodes.runs.all == ["n1: one"])
        // 15 seconds, and what a lease may be over its end.
        for _ in 0..<2 {
            await nodes.first.clock.waitForSleepers(2)
            nodes.first.clock.advance(by: .milliseconds(5100))
        }
        while try await nodes.replies().isEmpty { await Task.yield() }
        #expect(nodes.runs.all == ["n1: one", "n2: one"])
        // The first was only very slow, and learns of its loss when it renews.
        nodes.leases.isMute.store(false, ordering: .relaxed)
        nodes.valve.open()
        try await nodes.isIdle()
        let replies = try await nodes.replies()
        #expect(replies == ["< You said one."])
        let ends = try await nodes.second.turn("t1").filter(\.isCompleted)
        #expect(ends.count == 1)
        watch.cancel()
    }

    @Test("a node that learns of its loss cancels the turn, and leaves what waits behind it to the other")
    func loss() async throws {
        let nodes = try await Nodes(.enqueue)
        try await nodes.first.say("one", trace: "t1")
        await nodes.valve.waitForArrivals(1)
        try await nodes.first.say("two", trace: "t2")
        nodes.leases.steal(nodes.first.session)
        await nodes.first.clock.waitForSleepers(1)
        nodes.first.clock.advance(by: .seconds(5))
        while nodes.first.engine.runningTurns > 0 { await Task.yield() }
        // Nobody runs them now; the lease ends by itself.
        #expect(try await nodes.first.sessions.openTurns(of: nil).map(\.traceID) == ["t1", "t2"])
    }

    @Test(
        "a call that is noted so late that another node has taken the turn over is not made: that node makes it, once",
        arguments: MortalSessionStore.Stall.allCases)
    func lateCall(place: MortalSessionStore.Stall) async throws {
        let noting = Valve()
        let nodes = try await Nodes(firstIsMute: true, isConsequential: true, holdsSecond: true) { stall in
            if stall == place { try? await noting.pass() }
        }
        nodes.valve.open()
        try await nodes.first.say("one", trace: "t1")
        await noting.waitForArrivals(1)
        let watch = Task { try await nodes.second.engine.watchOverTurns() }
        // The lease of 15 seconds, and what it may be over its end.
        for time in [5000, 5000, 5100, 5100] {
            await nodes.first.clock.waitForSleepers(2)
            nodes.first.clock.advance(by: .milliseconds(time))
        }
        await nodes.secondValve.waitForArrivals(1)
        noting.open()
        while nodes.first.engine.runningTurns > 0 { await Task.yield() }
        #expect(nodes.runs.all == ["n2: one"])
        nodes.secondValve.open()
        try await nodes.isIdle()
        #expect(nodes.runs.all == ["n2: one"])
        #expect(try await nodes.replies() == ["< You said one."])
        watch.cancel()
    }
}
