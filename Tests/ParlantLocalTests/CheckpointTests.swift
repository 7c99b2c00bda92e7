import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantLocal

@Suite("A checkpoint")
struct CheckpointTests {
    @Test("comes when nobody has written for a while, and leaves an empty journal")
    func quiet() async throws {
        let clock = ManualClock()
        let disk = SimulatedDisk()
        let backend = try open(disk, clock: clock, ids: RandomIDGenerator())
        _ = try await backend.stores.tags.create(name: "vip")
        await clock.waitForSleepers(1)
        clock.advance(by: Checkpoints.quiet)
        await disk.wait(for: "remove journal-1.jsonl")
        #expect(disk.text("journal-2.jsonl") == "")
        #expect(disk.text("tags.json")?.contains("\"name\":\"vip\"") == true)
        // The next write begins the next one.
        _ = try await backend.stores.tags.create(name: "beta")
        await clock.waitForSleepers(1)
        try await backend.close()
        #expect(disk.text("tags.json")?.contains("\"name\":\"beta\"") == true)
    }

    @Test("writes only what has changed")
    func unchanged() async throws {
        let disk = SimulatedDisk()
        let first = try open(disk, ids: RandomIDGenerator())
        _ = try await first.stores.tags.create(name: "vip")
        _ = try await first.stores.customers.create(CustomerDraft(name: "N"))
        try await first.close()
        let second = try open(disk, ids: RandomIDGenerator())
        _ = disk.takeLog()
        _ = try await second.stores.customers.create(CustomerDraft(name: "N"))
        try await second.close()
        #expect(disk.takeLog().filter { $0.hasPrefix("rename") } == ["rename customers.json"])
    }

    @Test("appends to the file of a session and writes it anew only when something in it has changed")
    func sessionFiles() async throws {
        let disk = SimulatedDisk()
        let ids = RandomIDGenerator()
        let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "secret"])
        func changing(_ body: (any SessionStore) async throws -> Void) async throws -> [String] {
            let backend = try open(disk, ids: ids)
            _ = disk.takeLog()
            try await body(backend.stores.sessions)
            try await backend.close()
            return disk.takeLog().filter { $0.contains("sessions/") && !$0.hasPrefix("sync") }
        }
        var id: SessionID = ""
        _ = try await changing { id = try await $0.create(SessionDraft(agentID: "a")).id }
        let file = "sessions/\(id).jsonl"
        #expect(try await changing { _ = try await $0.append(draft, to: id) } == ["open \(file)", "append \(file)"])
        #expect(try await changing { _ = try await $0.append(draft, to: id) } == ["append \(file)"])
        let changed = try await changing { store in
            let event = try await store.events(of: id, matching: .init())[0]
            _ = try await store.update(event.id, of: id, .init(metadata: .init(set: ["k": 1])))
        }
        #expect(changed.last == "rename \(file)")
        _ = try await changing { try await $0.deleteEvents(of: id, from: 0) }
        #expect(disk.text(file)?.hasPrefix("{\"next_offset\":2,") == true, "what was deleted is not in the file")
        #expect(try await changing { try await $0.delete(id) } == ["remove \(file)"])
        #expect(disk.files.values.allSatisfy { !$0.contains("secret") })
    }

    @Test("drops events that nobody needs from memory, and reads them when somebody does")
    func memory() async throws {
        let disk = SimulatedDisk()
        let folder = try StoreFolder(
            disk, place: "/store", clock: ManualClock(), ids: RandomIDGenerator(), logger: silent, eventBytes: 20_000)
        let store = LocalStores(folder, nil).stores.sessions
        var sessions: [SessionID] = []
        for _ in 0..<20 {
            let id = try await store.create(SessionDraft(agentID: "a")).id
            sessions.append(id)
            for number in 0..<20 {
                let data: JSONValue = ["n": .integer(Int64(number)), "text": "0123456789"]
                _ = try await store.append(.init(source: .customer, kind: .message, traceID: "t", data: data), to: id)
            }
        }
        #expect(folder.contents.events.bytes < 30_000)
        for id in sessions {
            let events = try await store.events(of: id, matching: .init())
            #expect(events.map(\.offset) == Array(0..<20))
            #expect(events.map { $0.data["n"]?.integer } == (0..<20).map(Int64.init))
        }
        #expect(folder.contents.events.bytes < 30_000)
        try await folder.close()
    }

    /// A disk with journals 9 and 10: "old" is a customer's name in the one, and the checkpoint after it found no room.
    ///
    /// - Returns: The store that goes on with journal 10, which says that the name is "new".
    private func renaming(on disk: SimulatedDisk) async throws -> LocalStores {
        for number in 1..<9 {
            let backend = try open(disk, ids: RandomIDGenerator())
            _ = try await backend.stores.tags.create(name: "tag \(number)")
            try await backend.close()
        }
        let ninth = try open(disk, ids: RandomIDGenerator())
        _ = try await ninth.stores.customers.create(CustomerDraft(id: "jane", name: "old"))
        disk.limit(to: 0)
        await #expect(throws: StoreError.self) { try await ninth.close() }
        disk.limit(to: nil)
        let tenth = try open(disk, ids: RandomIDGenerator())
        _ = try await tenth.stores.customers.update("jane", .init(name: "new"))
        #expect(Set(disk.files.keys.filter { $0.hasPrefix("journal-") }) == ["journal-9.jsonl", "journal-10.jsonl"])
        return tenth
    }

    @Test(
        "that breaks off between two old journals leaves the newer one, and undoes nothing",
        arguments: SimulatedDisk.Crash.allCases)
    func oldJournals(_ crash: SimulatedDisk.Crash) async throws {
        let disk = SimulatedDisk()
        let backend = try await renaming(on: disk)
        disk.crash(after: "remove journal-")
        await #expect(throws: StoreError.self) { try await backend.close() }
        let again = try open(disk.afterwards(crash), ids: RandomIDGenerator())
        #expect(try await again.stores.customers.read("jane").name == "new")
        try await again.close()
    }

    @Test("removes each old journal for good before the next")
    func orderOfRemovals() async throws {
        let disk = SimulatedDisk()
        let backend = try await renaming(on: disk)
        _ = disk.takeLog()
        try await backend.close()
        #expect(
            disk.takeLog().suffix(4) == [
                "remove journal-9.jsonl", "sync folder ", "remove journal-10.jsonl", "sync folder ",
            ])
    }
}
