import ParlantCore
import ParlantStores
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Memories when things go wrong")
struct MemoryFaultTests {
    private static let berlin = memoryChange("add", "The customer lives in Berlin.")
    private let model = ScriptedModel.remembering { _ in [Self.berlin] }

    /// Ends a conversation before it is read.
    private func unread(_ chat: Conversation) async throws {
        _ = try await chat.ask("I live in Berlin", trace: "t1")
        await chat.rest()
        await chat.engine.shutDown()
        #expect(try await chat.memories() == [])
    }

    /// A conversation that is being read, by a model that answers when the valve is open.
    private func heldReading(_ valve: Valve) async throws -> Conversation {
        let held = ScriptedModel([
            "reply": { _ in ["message": "Good."] },
            "memories": { _ in
                try await valve.pass()
                return ["changes": [Self.berlin]]
            },
        ])
        let chat = try await Conversation.remembered(held)
        _ = try await chat.ask("I live in Berlin", trace: "t1")
        await chat.rest()
        chat.clock.advance(by: .seconds(60))
        await valve.waitForArrivals(1)
        return chat
    }

    @Test("what was not read when the server stopped is read after the next start")
    func restart() async throws {
        let chat = try await Conversation.remembered(model)
        try await unread(chat)
        let next = Conversation(after: chat, .remembering(), nlp: model)
        try await next.engine.recover()
        await next.pause()
        #expect(try await next.memories() == ["The customer lives in Berlin."])
        // It is not read once more by the start after that.
        await next.engine.shutDown()
        let last = Conversation(after: next, .remembering(), nlp: model)
        try await last.engine.recover()
        #expect(last.engine.memories?.count == 0)
    }

    @Test("a reading that broke off before it was marked makes nothing twice")
    func twice() async throws {
        let chat = try await Conversation.remembered(model)
        _ = try await chat.ask("I live in Berlin", trace: "t1")
        await chat.pause()
        try await chat.keyValues.delete(MemoryMark.key, in: .session(chat.session))
        try await chat.keyValues.set(chat.session.rawValue, to: 0, in: UnreadSessions.scope, lifetime: nil)
        let next = Conversation(after: chat, .remembering(), nlp: model)
        try await next.engine.recover()
        await next.pause()
        #expect(model.prompts("memories").count == 2)
        #expect(try await next.memories() == ["The customer lives in Berlin."])
    }

    @Test("a stop ends a reading at once, and the next start begins it anew")
    func stop() async throws {
        let chat = try await heldReading(Valve())
        await chat.engine.shutDown()
        #expect(try await chat.memories() == [])
        let next = Conversation(after: chat, .remembering(), nlp: model)
        try await next.engine.recover()
        await next.pause()
        #expect(try await next.memories() == ["The customer lives in Berlin."])
    }

    @Test("nothing is left of a customer who is forgotten while their conversation is read")
    func forgotten() async throws {
        let valve = Valve()
        let chat = try await heldReading(valve)
        try await chat.engine.endTurns(in: chat.session)
        try await chat.engine.deleteSession(chat.session)
        try await chat.engine.forgetCustomer("ann")
        valve.open()
        await chat.engine.shutDown()
        #expect(try await chat.memories() == [])
        #expect(try await chat.keyValues.entries(in: UnreadSessions.scope).isEmpty)
    }

    @Test("what a customer said before they were deleted is never read, also not for whoever gets the id")
    func deletedCustomer() async throws {
        for isNoted in [false, true] {
            var chat = try await Conversation.remembered(model)
            if isNoted {
                // By the process before.
                try await unread(chat)
                chat = Conversation(after: chat, .remembering(), nlp: model)
                try await chat.engine.recover()
            } else {
                _ = try await chat.ask("I live in Berlin", trace: "t1")
                await chat.rest()
            }
            try await chat.customers.delete("ann")
            try await chat.engine.forgetCustomer("ann")
            _ = try await chat.customers.create(CustomerDraft(id: "ann", name: "Another"))
            await chat.pause()
            await chat.engine.shutDown()
            #expect(try await chat.memories() == [])
            #expect(try await chat.keyValues.entries(in: UnreadSessions.scope).isEmpty)
        }
        #expect(model.prompts("memories").isEmpty)
    }

    @Test("a reading remembers nothing of a customer whom another server deletes meanwhile")
    func deletedElsewhere() async throws {
        let valve = Valve()
        let chat = try await heldReading(valve)
        try await chat.customers.delete("ann")
        valve.open()
        while let keeper = chat.engine.memories, keeper.count > 0 { await Task.yield() }
        #expect(try await chat.memories() == [])
    }

    @Test("a session that is damaged keeps nobody from being forgotten")
    func damagedSession() async throws {
        let chat = try await Conversation.remembered(model)
        try await unread(chat)
        let damaged = MortalSessionStore(chat.sessions, last: 0)
        let next = Conversation(after: chat, .remembering(), nlp: model, store: damaged)
        try await next.engine.memories?.recover()
        try await next.engine.forgetCustomer("bob")
        #expect(next.engine.memories?.count == 1)
    }

    @Test("a session that is handed over takes nothing with it")
    func handedOver() async throws {
        let chat = try await Conversation.remembered(model)
        _ = try await chat.customers.create(CustomerDraft(id: "bob", name: "Bob"))
        _ = try await chat.ask("I live in Berlin", trace: "t1")
        await chat.rest()
        _ = try await chat.engine.updateSession(chat.session, SessionChange(customerID: "bob"))
        _ = try await chat.ask("I like tea", trace: "t2")
        await chat.pause()
        let prompt = try #require(model.prompts("memories").last)
        #expect(model.prompts("memories").count == 1)
        #expect(prompt.contains("I like tea") && !prompt.contains("Berlin"))
        #expect(try await chat.memories() == [])
    }

    @Test("what was said to one agent is not read for another")
    func handedToAgent() async throws {
        let chat = try await Conversation.remembered(model)
        _ = try await chat.ask("I live in Berlin", trace: "t1")
        await chat.rest()
        for agent in ["eva", "otto"] as [AgentID] {
            _ = try await chat.engine.updateSession(chat.session, SessionChange(agentID: agent))
        }
        _ = try await chat.ask("I like tea", trace: "t2")
        await chat.pause()
        let prompt = try #require(model.prompts("memories").last)
        #expect(prompt.contains("I like tea") && !prompt.contains("Berlin"))
    }

    @Test("a session that could not be handed over is read as if nobody had tried")
    func notHandedOver() async throws {
        let chat = try await Conversation.remembered(model) { FrozenSessionStore(base: $0) }
        _ = try await chat.ask("I live in Berlin", trace: "t1")
        await chat.rest()
        await #expect {
            try await chat.engine.updateSession(chat.session, SessionChange(customerID: "bob"))
        } throws: {
            ($0 as? StoreError)?.code == .unavailable
        }
        await chat.pause()
        #expect(try await chat.memories() == ["The customer lives in Berlin."])
    }

    @Test("what the guest said becomes a customer's only where that is wanted")
    func adopted() async throws {
        for adopts in [false, true] {
            let model = ScriptedModel.remembering { _ in [Self.berlin] }
            var settings = EngineSettings()
            settings.memory.adoptsGuestSessions = adopts
            let chat = try await Conversation.remembered(model, settings: settings, customer: nil)
            _ = try await chat.customers.create(CustomerDraft(id: "ann", name: "Ann"))
            _ = try await chat.ask("I live in Berlin", trace: "t1")
            await chat.rest()
            _ = try await chat.engine.updateSession(chat.session, SessionChange(customerID: "ann"))
            await chat.pause()
            #expect(try await chat.memories() == (adopts ? ["The customer lives in Berlin."] : []))
            #expect(model.prompts("memories").count == (adopts ? 1 : 0))
        }
    }

    @Test("a customer's session that was the guest's for a while is read on from there")
    func guestForAWhile() async throws {
        var settings = EngineSettings()
        settings.memory.adoptsGuestSessions = true
        let chat = try await Conversation.remembered(model, settings: settings)
        _ = try await chat.ask("I live in Berlin", trace: "t1")
        await chat.rest()
        _ = try await chat.engine.updateSession(chat.session, SessionChange(customerID: "guest"))
        _ = try await chat.ask("I like coffee", trace: "t2")
        await chat.rest()
        _ = try await chat.engine.updateSession(chat.session, SessionChange(customerID: "ann"))
        _ = try await chat.ask("I like tea", trace: "t3")
        await chat.pause()
        let prompt = try #require(model.prompts("memories").last)
        #expect(prompt.contains("I like coffee") && prompt.contains("I like tea") && !prompt.contains("Berlin"))
    }

    @Test("a message whose server died before it was noted is read once its turn is taken up")
    func unnoted() async throws {
        let valve = Valve()
        let slow = ScriptedModel([
            "reply": { _ in
                try await valve.pass()
                return ["message": "Good."]
            }
        ])
        let chat = try await Conversation.remembered(slow)
        try await chat.say("I live in Berlin", trace: "t1")
        await valve.waitForArrivals(1)
        await chat.engine.memories?.drain()
        try await chat.keyValues.deleteAll(in: UnreadSessions.scope)
        let next = Conversation(after: chat, .remembering(), nlp: model)
        try await next.engine.recover()
        await next.pause()
        #expect(try await next.memories() == ["The customer lives in Berlin."])
        valve.open()
    }

    @Test("a session whose deletion fails is read on from where it was")
    func deletionFails() async throws {
        let chat = try await Conversation.remembered(model) { FrozenSessionStore(base: $0) }
        _ = try await chat.ask("I live in Berlin", trace: "t1")
        await chat.rest()
        await #expect {
            try await chat.engine.deleteSession(chat.session)
        } throws: {
            ($0 as? StoreError)?.code == .unavailable
        }
        _ = try await chat.ask("I like tea", trace: "t2")
        await chat.pause()
        let prompt = try #require(model.prompts("memories").last)
        #expect(prompt.contains("Berlin") && prompt.contains("I like tea"))
    }

    @Test("nobody's conversation is left unread because another customer is deleted", arguments: [false, true])
    func deletedBesides(isNoted: Bool) async throws {
        let valve = Valve()
        var chat = try await Conversation.remembered(model)
        try await unread(chat)
        let held = HeldSessionStore(base: chat.sessions, valve: valve)
        chat = Conversation(after: chat, .remembering(), nlp: model, store: held)
        if isNoted {
            // By the process before, without a word about whose it is.
            try await chat.engine.memories?.recover()
        } else {
            chat.engine.memories?.heard(try await chat.sessions.read(chat.session), at: 0)
        }
        chat.clock.advance(by: .seconds(60))
        await valve.waitForArrivals(1)
        let forgotten = Task { [chat] in try await chat.engine.forgetCustomer("bob") }
        // Where nobody knows whose it is, the reading ends, and the look at that goes on.
        while isNoted, chat.engine.memories?.isReading == true { await Task.yield() }
        valve.open()
        try await forgotten.value
        await chat.pause()
        #expect(try await chat.memories() == ["The customer lives in Berlin."])
    }

    @Test("a message whose server died before it was noted is read at the server that takes its turn up")
    func unnotedElsewhere() async throws {
        let base = try await Conversation.remembered(model)
        let leases = SharedLeases(clock: base.clock)
        let node = Conversation(
            after: base, .remembering(), nlp: model,
            node: SharedNode(id: "n1", feed: SilentFeed(), leases: leases.node(1)))
        let watch = Task { try await node.engine.watchOverTurns() }
        await base.clock.waitForSleepers(1)
        // By a server that dies at once.
        _ = try await base.sessions.append(
            EventDraft(
                source: .customer, kind: .message, traceID: "t1",
                data: EventData.customerMessage("I live in Berlin", from: Participant(id: "ann", displayName: "Ann"))),
            to: base.session, .opens)
        base.clock.advance(by: .seconds(5))
        _ = try await node.turn("t1")
        await node.pause()
        #expect(try await node.memories() == ["The customer lives in Berlin."])
        watch.cancel()
    }

    @Test("what one server heard is read by another, which has heard only what came later")
    func heardElsewhere() async throws {
        let base = try await Conversation.remembered(model)
        let leases = SharedLeases(clock: base.clock)
        let nodes = (1...2).map { number in
            Conversation(
                after: base, .remembering(), nlp: model,
                node: SharedNode(id: NodeID("n\(number)"), feed: SilentFeed(), leases: leases.node(number)))
        }
        _ = try await nodes[0].ask("I live in Berlin", trace: "t1")
        await nodes[0].rest()
        await nodes[0].engine.shutDown()
        _ = try await nodes[1].ask("I like tea", trace: "t2")
        await nodes[1].pause()
        let prompt = try #require(model.prompts("memories").last)
        #expect(prompt.contains("Berlin") && prompt.contains("I like tea"))
        await nodes[1].engine.memories?.drain()
        #expect(try await base.keyValues.entries(in: UnreadSessions.scope).isEmpty)
    }

    @Test("two servers that want to read the same conversation make one reading of it")
    func shared() async throws {
        let chat = try await Conversation.remembered(model)
        let reader = MemoryReader(
            shelf: try #require(chat.engine.runner.memories), sessions: chat.sessions,
            customers: chat.engine.customers, agents: chat.engine.agents,
            keyValues: chat.keyValues, nlp: model, budgets: chat.engine.runner.budgets, isShared: true,
            clock: chat.clock)
        _ = try await chat.ask("I live in Berlin", trace: "t1")
        await chat.rest()
        chat.clock.advance(by: .seconds(60))
        try await chat.keyValues.set(
            "\(MemoryMark.key)/reading", to: true, in: .session(chat.session), lifetime: .seconds(180))
        #expect(try await reader.read(chat.session) { _ in }.outcome == .early(.seconds(60)))
        // The other one has died.
        chat.clock.advance(by: .seconds(180))
        #expect(try await reader.read(chat.session) { _ in }.outcome == .read)
        #expect(try await reader.read(chat.session) { _ in } == .init(outcome: .read))
    }
}
