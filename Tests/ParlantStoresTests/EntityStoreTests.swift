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

    @Test("of entities name each rule once")
    func names() {
        let names = EntityStoreConformance.checks.map(\.name)
        #expect(Set(names).count == names.count)
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
