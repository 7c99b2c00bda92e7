import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@Suite("The key-value store in memory")
struct KeyValueStoreTests {
    @Test("keeps the contract", arguments: KeyValueStoreConformance.checks)
    func contract(_ check: ConformanceCheck<KeyValueStoreConformance.Subject>) async throws {
        let clock = ManualClock()
        try await check.run(.init(MemoryKeyValueStore(clock: clock), clock))
    }

    @Test("lets go of entries whose lifetime is over, whether or not anybody asks for them")
    func sweep() async throws {
        let clock = ManualClock()
        let store = MemoryKeyValueStore(clock: clock)
        for number in 0..<100_000 {
            try await store.set(
                "k", to: 1, in: .session(SessionID("s\(number)")), lifetime: .seconds(1))
            clock.advance(by: .milliseconds(10))
        }
        #expect(store.count < 3000)
    }
}

@Suite("The values of variables")
struct CustomerVariablesTests {
    private let clock = ManualClock()
    private let stores = EntityStores.memory(clock: ManualClock())
    private let agent = Agent(id: "a", name: "A", tags: ["team"])

    private var variables: CustomerVariables {
        CustomerVariables(
            variables: stores.variables, values: stores.values, clock: clock, ids: RandomIDGenerator())
    }

    private func make(_ id: VariableID, tags: OrderedSet<TagID>, _ values: [String: JSONValue]) async throws {
        try await stores.variables.create(ContextVariable(id: id, name: id.rawValue, tags: tags))
        for (key, data) in values {
            try await stores.values.save(
                VariableValue(variable: id, key: key, revision: "1", modifiedAt: clock.now, data: data))
        }
    }

    @Test("a value for the customer goes before a tag's, and that before the default")
    func order() async throws {
        try await make("plan", tags: ["agent:a"], ["jane": "own", "tag:vip": "vip", "DEFAULT": "free"])
        try await make("color", tags: ["team"], ["tag:vip": "gold", "DEFAULT": "grey"])
        try await make("news", tags: [], ["DEFAULT": .null])
        try await make("empty", tags: [], [:])
        try await make("others", tags: ["agent:b"], ["DEFAULT": 1])
        let jane = Customer(id: "jane", createdAt: clock.now, name: "Jane", tags: ["vip"])
        let tom = Customer(id: "tom", createdAt: clock.now, name: "Tom")
        #expect(
            try await variables.values(for: jane, of: agent) == ["plan": "own", "color": "gold", "news": .null])
        #expect(try await variables.values(for: tom, of: agent) == ["plan": "free", "color": "grey", "news": .null])
    }

    @Test("what is set for a customer is read for them alone")
    func setting() async throws {
        try await make("plan", tags: ["agent:a"], ["DEFAULT": "free"])
        try await variables.set("plan", to: "gold", for: "tom", of: agent)
        let tom = Customer(id: "tom", createdAt: clock.now, name: "Tom")
        #expect(try await variables.values(for: tom, of: agent) == ["plan": "gold"])
        #expect(try await stores.values.find(VariableValue.id("plan", "tom"))?.entity.data == "gold")
        let jane = Customer(id: "jane", createdAt: clock.now, name: "Jane")
        #expect(try await variables.values(for: jane, of: agent) == ["plan": "free"])
    }

    @Test("an unknown variable and the guest are refused")
    func refusals() async throws {
        try await make("plan", tags: ["agent:b"], [:])
        await #expect { try await variables.set("plan", to: 1, for: "tom", of: agent) } throws: {
            ($0 as? StoreError)?.code == .notFound
        }
        await #expect { try await variables.set("plan", to: 1, for: Customer.guestID, of: agent) } throws: {
            ($0 as? StoreError)?.code == .protected
        }
    }
}
