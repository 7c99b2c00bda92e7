import Logging
import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@testable import ParlantEngine

@Suite("Memories that scripts keep")
struct MemoryToolTests {
    /// Runs a body as a tool of the session's agent.
    private func run(
        customer: CustomerDraft? = CustomerDraft(id: "ann", name: "Ann"), metadata: JSONObject = [:],
        _ body: @escaping @Sendable (any CustomerMemories) async throws -> JSONValue
    ) async throws -> (outcome: ToolOutcome?, chat: Conversation) {
        let handlers = FakeHandlers(tools: [
            "t": { _, context in .result(.init(data: try await body(context.effects.memories))) }
        ])
        let snapshot = AgentSnapshot.remembering(MemoryUse(), handlers: handlers, tools: [.make("t")])
        var chat = try await Conversation.remembered(NoModel(), as: snapshot, customer: customer)
        if !metadata.isEmpty { chat = try await chat.newSession(metadata: metadata) }
        let outcome = try await chat.engine.call(
            ToolID(service: "test", name: "t"), arguments: [:], in: chat.session, traceID: "t1")
        return (outcome, chat)
    }

    /// What is remembered where Ann is known, and nobody else.
    private func shelf() async throws -> MemoryShelf {
        let customers = MemoryCustomerStore(clock: ManualClock(), ids: CountingIDGenerator())
        _ = try await customers.create(CustomerDraft(id: "ann", name: "Ann"))
        return MemoryShelf(
            MemoryEntityStore<Memory>(clock: ManualClock()), customers: customers, policy: MemoryPolicy(),
            clock: ManualClock(), logger: Logger(label: "test"))
    }

    @Test("without a model, and without the agent's wish, what a script wants is remembered, found and forgotten")
    func explicit() async throws {
        let (outcome, chat) = try await run { memories in
            let tea = try await memories.remember(
                MemoryDraft("Likes  green\ntea", entities: ["tea", "Tea"], importance: 3))
            let cat = try await memories.remember(MemoryDraft("Has a cat"))
            let again = try await memories.remember(MemoryDraft("likes green TEA", importance: 0.25))
            let found = try await memories.search("some tea?", limit: 5)
            let newest = try await memories.search(nil, limit: 1)
            let gone = [try await memories.forget(cat.id), try await memories.forget(cat.id)]
            return [
                .boolean(again.id == tea.id), .array(found.map { .string($0.memory.entity.content) }),
                .integer(Int64(newest.count)), .array(gone.map(JSONValue.boolean)),
            ]
        }
        #expect(outcome == .result(.init(data: [true, ["likes green TEA"], 1, [true, false]])))
        let kept = try await chat.stores.memories.list().map(\.entity)
        #expect(kept.map(\.content) == ["likes green TEA"] && kept.first?.importance == 0.25)
        #expect(kept.first?.session == chat.session && kept.first?.agent == "otto")
    }

    @Test("nothing of another customer or agent is found or forgotten")
    func apart() async throws {
        let (outcome, _) = try await run { memories in
            .integer(Int64(try await memories.search(nil, limit: 50).count))
        }
        #expect(outcome == .result(.init(data: 0)))
        let shelf = try await shelf()
        let memory = try await shelf.remember(MemoryDraft("Likes tea"), of: "ann", with: "otto", in: nil)
        #expect(try await shelf.forget(memory.id, of: "bob", with: "otto") == false)
        #expect(try await shelf.forget(memory.id, of: "ann", with: "eva") == false)
        #expect(try await shelf.replace(memory.id, with: MemoryDraft("x"), of: "bob", with: "otto", in: nil) == false)
        #expect(try await shelf.memories(of: "ann", with: "eva").isEmpty)
        #expect(try await shelf.memories(of: "bob", with: "otto").isEmpty)
        #expect(try await shelf.memories(of: "ann", with: "otto").map(\.entity) == [memory])
    }

    @Test("what took the place of other words does not stand in the way of them")
    func replaced() async throws {
        let shelf = try await shelf()
        let berlin = try await shelf.remember(MemoryDraft("Lives in Berlin"), of: "ann", with: "otto", in: nil)
        try await shelf.replace(berlin.id, with: MemoryDraft("Lives in Paris"), of: "ann", with: "otto", in: nil)
        let other = try await shelf.remember(MemoryDraft("Lives in Berlin"), of: "ann", with: "otto", in: nil)
        #expect(other.id != berlin.id)
        #expect(
            try await shelf.memories(of: "ann", with: "otto").map(\.entity.content)
                == ["Lives in Paris", "Lives in Berlin"])
    }

    @Test("what took the place of other words is not noted beside them, nor in the place of a third")
    func replacedTwice() async throws {
        let shelf = try await shelf()
        func contents() async throws -> [String] {
            try await shelf.memories(of: "ann", with: "otto").map(\.entity.content)
        }
        let berlin = try await shelf.remember(MemoryDraft("Lives in Berlin"), of: "ann", with: "otto", in: nil)
        try await shelf.replace(berlin.id, with: MemoryDraft("Lives in Paris"), of: "ann", with: "otto", in: nil)
        let paris = try await shelf.remember(MemoryDraft("lives in Paris!"), of: "ann", with: "otto", in: nil)
        #expect(paris.id == berlin.id && paris.content == "lives in Paris!")
        #expect(try await contents() == ["lives in Paris!"])
        let rome = try await shelf.remember(MemoryDraft("Lives in Rome"), of: "ann", with: "otto", in: nil)
        #expect(
            try await shelf.replace(rome.id, with: MemoryDraft("Lives in Paris"), of: "ann", with: "otto", in: nil))
        #expect(try await contents() == ["Lives in Paris"])
    }

    @Test("nothing is kept of a customer who is not there, or is deleted by the time it is noted")
    func unknown() async throws {
        let shelf = try await shelf()
        await #expect {
            try await shelf.remember(MemoryDraft("Likes tea"), of: "bob", with: "otto", in: nil)
        } throws: {
            ($0 as? StoreError)?.message == "there is no customer 'bob'"
        }
        #expect(try await shelf.store.list().isEmpty)
    }

    @Test("the guest, and a session that refuses, are remembered by no script")
    func refused() async throws {
        let remember: @Sendable (any CustomerMemories) async throws -> JSONValue = { memories in
            do {
                _ = try await memories.remember(MemoryDraft("Likes tea"))
                return "remembered"
            } catch let error as StoreError { return .string(error.message) }
        }
        let (guest, _) = try await run(customer: nil, remember)
        #expect(
            guest
                == .result(
                    .init(data: "the guest is everybody that nobody knows; look at ctx.customer.is_guest first")))
        let (refusing, _) = try await run(metadata: ["memory": ["remember": false]], remember)
        #expect(
            refusing
                == .result(.init(data: "the session's metadata say that nothing of it is to be remembered")))
        let (long, _) = try await run { memories in
            do {
                _ = try await memories.remember(MemoryDraft(String(repeating: "x", count: 501)))
                return "remembered"
            } catch let error as StoreError { return .string(error.message) }
        }
        #expect(long == .result(.init(data: "a memory has 1 to 500 characters")))
    }
}
