import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantSQLite

@Suite("Sessions and customers at hand")
struct EntityCacheTests {
    private func session(_ id: SessionID, title: String = "t") -> Session {
        Session(id: id, agentID: "a", customerID: "c", createdAt: Timestamp(microseconds: 1), title: title)
    }

    @Test("a reading that was overtaken by a write is not kept")
    func overtaken() {
        let cache = EntityCache<Session>()
        let mark = cache.mark
        cache.wrote(session("s", title: "new"), for: "s")
        cache.keep(session("s", title: "old"), for: "s", since: mark)
        #expect(cache.find("s")?.title == "new")
        let later = cache.mark
        cache.removed(["s"])
        cache.keep(session("s", title: "old"), for: "s", since: later)
        #expect(cache.find("s") == nil)
        cache.keep(session("s", title: "read"), for: "s", since: cache.mark)
        #expect(cache.find("s")?.title == "read")
    }

    @Test("those that are used stay, and their number has a limit")
    func limit() {
        let cache = EntityCache<Session>(limit: 10)
        cache.wrote(session("used"), for: "used")
        for number in 0..<1000 {
            let id = SessionID("s\(number)")
            cache.wrote(session(id), for: id)
            #expect(cache.find("used") != nil)
        }
        let kept = (0..<1000).filter { cache.find(SessionID("s\($0)")) != nil }
        #expect(kept.count <= 20)
        #expect(kept.contains(999))
    }

    @Test("are not shown by a closed store")
    func closed() async throws {
        let backend = try await SQLiteStores.inMemory(clock: ManualClock(), ids: RandomIDGenerator())
        let id = try await backend.stores.sessions.create(SessionDraft(agentID: "a")).id
        try await backend.close()
        let error = await #expect(throws: StoreError.self) { try await backend.stores.sessions.read(id) }
        #expect(error?.code == .unavailable)
    }

    @Test("of customers are what was written last, also after a removal and a restoring")
    func customers() async throws {
        let backend = try await SQLiteStores.inMemory(clock: ManualClock(), ids: RandomIDGenerator())
        let customers = backend.stores.customers
        var jane = try await customers.create(CustomerDraft(id: "jane", name: "Jane"))
        #expect(try await customers.read("jane") == jane)
        _ = try await customers.update("jane", CustomerChange(name: "Jane Roe"))
        #expect(try await customers.read("jane").name == "Jane Roe")
        jane.name = "Restored"
        try await backend.records.customers.restore([jane])
        #expect(try await customers.read("jane") == jane)
        try await customers.delete("jane")
        await #expect(throws: StoreError.self) { try await customers.read("jane") }
        try await backend.close()
        await #expect(throws: StoreError.self) { try await customers.read("jane") }
    }

    @Test("a reader never sees less than what was acknowledged before it asked")
    func readers() async throws {
        try await withStores(in: .file) { stores in
            let id = try await stores.sessions.create(SessionDraft(agentID: "a", metadata: ["n": 0])).id
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var last: Int64 = 0
                        for _ in 0..<100 {
                            let number = try await stores.sessions.read(id).metadata["n"]?.integer ?? -1
                            #expect(number >= last)
                            last = number
                        }
                    }
                }
                group.addTask {
                    for number in 1...50 {
                        let set: JSONObject = ["n": .integer(Int64(number))]
                        _ = try await stores.sessions.update(id, .init(metadata: .init(set: set)))
                        #expect(try await stores.sessions.read(id).metadata["n"] == .integer(Int64(number)))
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
