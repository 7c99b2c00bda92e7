import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@Suite("The entity stores")
struct EntityStoreTests {
    /// A clock that never moves: order must not depend on it.
    private let clock = ManualClock()

    @Test("in memory keep the contract", arguments: EntityStoreConformance.checks)
    func memory(_ check: ConformanceCheck<any EntityStore<Term>>) async throws {
        try await check.run(MemoryEntityStore(clock: clock))
    }

    @Test("below scripts that define nothing keep the contract", arguments: EntityStoreConformance.checks)
    func layered(_ check: ConformanceCheck<any EntityStore<Term>>) async throws {
        try await check.run(LayeredStore(MemoryEntityStore(clock: clock), below: { [] }))
    }

    @Test("above scripts that give nothing keep the contract", arguments: EntityStoreConformance.checks)
    func fallback(_ check: ConformanceCheck<any EntityStore<Term>>) async throws {
        try await check.run(FallbackStore(MemoryEntityStore(clock: clock), above: { [] }))
    }

    @Test("in memory lose nothing of any kind of entity", arguments: EntityStoresConformance.checks)
    func kinds(_ check: ConformanceCheck<EntityStores>) async throws {
        try await check.run(MemoryStores(clock: clock, ids: RandomIDGenerator()).stores.entities)
    }

    @Test("of entities name each rule once")
    func names() {
        for names in [EntityStoreConformance.checks.map(\.name), EntityStoresConformance.checks.map(\.name)] {
            #expect(Set(names).count == names.count)
        }
    }
}

@Suite("A store below scripts")
struct LayeredStoreTests {
    private let inner = MemoryEntityStore<Guideline>(clock: ManualClock())
    private let defined = Guideline(
        id: "g", content: .init(condition: "c", action: "a"), tags: ["agent:bank"],
        location: SourceLocation(file: "agents/bank/init.lua", line: 12))

    private var store: LayeredStore<Guideline> {
        LayeredStore(inner) { [defined] in [Stored(defined, createdAt: Timestamp(microseconds: 0))] }
    }

    @Test("shows what scripts define first, also by tag")
    func reading() async throws {
        try await store.create(Guideline(id: "r", content: .init(condition: "c", action: nil), tags: ["t"]))
        #expect(try await store.list().map(\.entity.id) == ["g", "r"])
        #expect(try await store.list(anyOf: ["agent:bank"]).map(\.entity.id) == ["g"])
        #expect(try await store.list(anyOf: ["t"]).map(\.entity.id) == ["r"])
        #expect(try await store.read("g").entity == defined)
        #expect(try await inner.list().count == 1)
    }

    @Test("refuses to change what scripts define, and names the line")
    func refusals() async throws {
        let sentence = "the guideline 'g' is defined in agents/bank/init.lua:12; change it there"
        let defined = defined
        let verbs: [@Sendable (LayeredStore<Guideline>) async throws -> Void] = [
            { try await $0.update("g") { $0.priority = 1 } }, { try await $0.delete("g") },
            { try await $0.save(defined) },
        ]
        for verb in verbs {
            let error = await #expect(throws: StoreError.self) { try await verb(store) }
            #expect(error?.code == .protected)
            #expect(error?.message == sentence)
        }
        let taken = await #expect(throws: StoreError.self) { try await store.create(defined) }
        #expect(taken?.code == .alreadyExists)
        #expect(try await inner.list().isEmpty)
    }

    @Test("lets an id of a script hide the same id below it")
    func hiding() async throws {
        try await inner.create(Guideline(id: "g", content: .init(condition: "other", action: nil), tags: ["t"]))
        #expect(try await store.list().map(\.entity) == [defined])
        #expect(try await store.list(anyOf: ["t"]).isEmpty)
        #expect(try await store.read("g").entity == defined)
    }
}

@Suite("A store above scripts")
struct FallbackStoreTests {
    private let inner = MemoryEntityStore<VariableValue>(clock: ManualClock())
    private let given = VariableValue(
        variable: "plan", key: "DEFAULT", revision: "r", modifiedAt: Timestamp(microseconds: 0), data: "basic",
        location: SourceLocation(file: "agents/bank/init.lua", line: 12))

    private var store: FallbackStore<VariableValue> {
        FallbackStore(inner) { [given] in [Stored(given, createdAt: Timestamp(microseconds: 0))] }
    }

    @Test("shows what scripts give until the store has its own, and again afterwards")
    func reading() async throws {
        #expect(try await store.read(given.id).entity == given)
        #expect(try await store.list(anyOf: ["variable:plan"]).map(\.entity) == [given])
        #expect(try await store.list(anyOf: ["variable:other"]).isEmpty)
        var changed = given
        changed.data = "gold"
        changed.location = nil
        try await store.save(changed)
        #expect(try await store.read(given.id).entity == changed)
        #expect(try await store.list().map(\.entity) == [changed])
        try await store.delete(given.id)
        #expect(try await store.list().map(\.entity) == [given])
    }

    @Test("refuses to change or delete what only scripts give, and names the line")
    func refusals() async throws {
        let id = given.id
        let verbs: [@Sendable (FallbackStore<VariableValue>) async throws -> Void] = [
            { try await $0.update(id) { $0.data = .null } }, { try await $0.delete(id) },
        ]
        for verb in verbs {
            let error = await #expect(throws: StoreError.self) { try await verb(store) }
            #expect(error?.code == .protected)
            #expect(error?.message.hasSuffix("is defined in agents/bank/init.lua:12; change it there") == true)
        }
        #expect(try await inner.list().isEmpty)
    }
}
