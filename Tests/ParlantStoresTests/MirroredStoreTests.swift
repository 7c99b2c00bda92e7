import ParlantCore
import ParlantStores
import ParlantTesting
import Synchronization
import Testing

@Suite("Entities at hand")
struct MirroredStoreTests {
    private func term(_ number: Int, _ name: String = "n") -> Term {
        Term(id: .init("t\(number)"), name: name, description: "d")
    }

    @Test("follow writes that come one after the other, and the store is not read for them")
    func sequence() async throws {
        let clock = ManualClock()
        let store = CountingStore(MemoryEntityStore<Term>(clock: clock))
        let mirror = MirroredStore(store)
        try await mirror.load()
        for number in 0..<20 {
            clock.advance(by: .seconds(1))
            try await mirror.create(term(number))
        }
        try await mirror.update("t3") { $0.name = "changed" }
        try await mirror.save(term(4, "saved"))
        try await mirror.delete("t19")
        clock.advance(by: .seconds(1))
        try await mirror.save(term(20))
        await #expect(throws: StoreError.self) { try await mirror.create(term(0)) }
        await #expect(throws: StoreError.self) { try await mirror.delete("none") }
        #expect(store.lists == 1, "when it was loaded")
        #expect(try await store.list().map(\.entity) == mirror.entities)
        #expect(mirror.entities.map(\.name).filter { $0 != "n" } == ["changed", "saved"])
    }

    @Test("have the order of the store when the clock goes back, and after what was there before")
    func order() async throws {
        let clock = ManualClock()
        let store = CountingStore(MemoryEntityStore<Term>(clock: clock))
        for number in 0..<3 { _ = try await store.create(term(number)) }
        let mirror = MirroredStore(store)
        try await mirror.load()
        for number in 3..<6 { try await mirror.create(term(number)) }
        #expect(try await store.list().map(\.entity) == mirror.entities)
        #expect(mirror.entities.count == 6)
    }

    @Test("are as in the store after writes that overlap, and each is seen once it is acknowledged")
    func overlapping() async throws {
        let store = CountingStore(MemoryEntityStore<Term>(clock: ManualClock()))
        let mirror = MirroredStore(store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    try await mirror.create(term(number))
                    #expect(mirror.entities.contains { $0.id == .init("t\(number)") })
                    try await mirror.update(.init("t\(number)")) { $0.name = "changed" }
                    if number % 3 == 0 {
                        try await mirror.delete(.init("t\(number)"))
                        #expect(!mirror.entities.contains { $0.id == .init("t\(number)") })
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.list().map(\.entity) == mirror.entities)
        #expect(mirror.entities.count == 33)
        #expect(mirror.entities.allSatisfy { $0.name == "changed" })
    }
}

/// Counts how often all entities are read, and lets others go on in the middle of each call.
private final class CountingStore: EntityStore {
    typealias Entity = Term

    private let store: MemoryEntityStore<Term>
    private let count = Atomic<Int>(0)

    init(_ store: MemoryEntityStore<Term>) { self.store = store }

    var lists: Int { count.load(ordering: .relaxed) }

    func create(_ entity: Term) async throws -> Stored<Term> {
        await Task.yield()
        let created = try await store.create(entity)
        await Task.yield()
        return created
    }

    func save(_ entity: Term) async throws -> Stored<Term> { try await store.save(entity) }

    func read(_ id: TermID) async throws -> Stored<Term> { try await store.read(id) }

    func list(anyOf tags: [TagID]?) async throws -> [Stored<Term>] {
        count.add(1, ordering: .relaxed)
        let found = try await store.list(anyOf: tags)
        await Task.yield()
        return found
    }

    func update(_ id: TermID, _ change: @Sendable (inout Term) throws -> Void) async throws -> Stored<Term> {
        let updated = try await store.update(id, change)
        await Task.yield()
        return updated
    }

    func delete(_ id: TermID) async throws {
        await Task.yield()
        try await store.delete(id)
        await Task.yield()
    }
}
