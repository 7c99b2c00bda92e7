import ParlantCore
import ParlantStores
import ParlantTesting
import Synchronization
import Testing

@Suite("The values of variables")
struct CustomerVariablesTests {
    private let clock = ManualClock()
    private let store = CountingStore(MemoryEntityStore<VariableValue>(clock: ManualClock()))
    private let loadedAt = Timestamp("2026-03-02T09:00:00Z")!

    private var variables: CustomerVariables {
        CustomerVariables(values: store, loadedAt: loadedAt, clock: clock, ids: RandomIDGenerator())
    }

    private func agent(_ names: [VariableID], given: [VariableValue] = []) -> AgentSnapshot {
        AgentSnapshot(
            agent: Agent(id: "a", name: "A"),
            variables: names.map { ContextVariable(id: $0, name: $0.rawValue) }, variableValues: given,
            handlers: ScriptlessHandlers())
    }

    private func value(_ variable: VariableID, _ key: String, _ data: JSONValue) -> VariableValue {
        VariableValue(variable: variable, key: key, revision: "1", modifiedAt: clock.now, data: data)
    }

    private func keep(_ variable: VariableID, _ kept: [String: JSONValue]) async throws {
        for (key, data) in kept { _ = try await store.save(value(variable, key, data)) }
    }

    private func customer(_ id: CustomerID, tags: OrderedSet<TagID> = []) -> Customer {
        Customer(id: id, createdAt: clock.now, name: id.rawValue, tags: tags)
    }

    private func values(for customer: Customer, of agent: AgentSnapshot) async throws -> JSONObject {
        var values: JSONObject = [:]
        for entry in try await variables.entries(for: customer, of: agent) {
            values[entry.variable.name] = entry.value?.data
        }
        return values
    }

    @Test("a value for the customer goes before a tag's, and that before the default")
    func order() async throws {
        try await keep("plan", ["jane": "own", "tag:vip": "vip", "DEFAULT": "free"])
        try await keep("color", ["tag:vip": "gold", "DEFAULT": "grey"])
        try await keep("news", ["DEFAULT": .null])
        let agent = agent(["plan", "color", "news", "empty"])
        #expect(
            try await values(for: customer("jane", tags: ["vip"]), of: agent)
                == ["plan": "own", "color": "gold", "news": .null])
        #expect(
            try await values(for: customer("tom"), of: agent)
                == ["plan": "free", "color": "grey", "news": .null])
    }

    @Test("the script's value counts from the load, until one is kept for the same key")
    func scripted() async throws {
        let agent = agent(["plan"], given: [value("plan", "jane", "gold"), value("plan", "DEFAULT", "free")])
        let entry = try #require(try await variables.entries(for: customer("jane"), of: agent).first)
        #expect(entry.value?.data == "gold")
        #expect(entry.value?.modifiedAt == loadedAt)
        #expect(entry.isOwn)
        try await keep("plan", ["DEFAULT": "basic"])
        #expect(try await values(for: customer("jane"), of: agent) == ["plan": "gold"])
        #expect(try await values(for: customer("tom"), of: agent) == ["plan": "basic"])
    }

    @Test("what is set for a customer is read for them alone")
    func setting() async throws {
        try await keep("plan", ["DEFAULT": "free"])
        let agent = agent(["plan"])
        try await variables.set("plan", to: "gold", for: "tom", of: agent)
        #expect(try await values(for: customer("tom"), of: agent) == ["plan": "gold"])
        #expect(try await values(for: customer("jane"), of: agent) == ["plan": "free"])
    }

    @Test("a variable of a journey counts, and can be set, while the journey is active")
    func journeys() async throws {
        var agent = agent([])
        agent.variables = [ContextVariable(id: "v", name: "seats", scope: .journey("trip"))]
        try await variables.set("seats", to: 2, for: "tom", of: agent)
        #expect(try await variables.entries(for: customer("tom"), of: agent).isEmpty)
        let active = try await variables.entries(for: customer("tom"), of: agent, in: [.agent, .journey("trip")])
        #expect(active.map(\.value?.data) == [2])
    }

    @Test("an unknown variable and the guest are refused")
    func refusals() async throws {
        let agent = agent(["plan"])
        await #expect { try await variables.set("color", to: 1, for: "tom", of: agent) } throws: {
            ($0 as? StoreError)?.code == .notFound
        }
        await #expect { try await variables.set("plan", to: 1, for: Customer.guestID, of: agent) } throws: {
            ($0 as? StoreError)?.code == .protected
        }
    }

    @Test("reading costs as many look-ups with a thousand other customers, and nothing is listed")
    func cost() async throws {
        for number in 0..<1000 { try await keep("plan", ["c\(number)": "paid"]) }
        let given = (0..<1000).map { value("plan", "d\($0)", "paid") }
        _ = try await values(for: customer("tom", tags: ["vip"]), of: agent(["plan", "color"], given: given))
        #expect(store.counts.withLock { $0 } == .init(reads: 6, lists: 0))
    }
}

/// Counts what is asked of a store.
private final class CountingStore<Entity: StoredEntity>: EntityStore {
    struct Counts: Equatable {
        var reads = 0
        var lists = 0
    }

    let counts = Mutex(Counts())
    private let store: any EntityStore<Entity>

    init(_ store: any EntityStore<Entity>) { self.store = store }

    func create(_ entity: Entity) async throws -> Stored<Entity> { try await store.create(entity) }
    func save(_ entity: Entity) async throws -> Stored<Entity> { try await store.save(entity) }

    func read(_ id: Identifier<Entity>) async throws -> Stored<Entity> {
        counts.withLock { $0.reads += 1 }
        return try await store.read(id)
    }

    func list(anyOf tags: [TagID]?) async throws -> [Stored<Entity>] {
        counts.withLock { $0.lists += 1 }
        return try await store.list(anyOf: tags)
    }

    func update(
        _ id: Identifier<Entity>, _ change: @Sendable (inout Entity) throws -> Void
    ) async throws -> Stored<Entity> {
        try await store.update(id, change)
    }

    func delete(_ id: Identifier<Entity>) async throws { try await store.delete(id) }
}
