import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantLocal

@Suite("A file that broke off while it was being replaced")
struct DraftTests {
    private static func draft(_ text: String) -> EventDraft {
        EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": .string(text)])
    }

    /// A session whose first event says "SECRET" and is changed in its file's place, once the file is saved.
    private func changed(on disk: SimulatedDisk) async throws -> (LocalStores, SessionID) {
        let first = try open(disk, ids: RandomIDGenerator())
        let session = try await first.stores.sessions.create(SessionDraft(agentID: "a")).id
        let event = try await first.stores.sessions.append(Self.draft("SECRET"), to: session)
        _ = try await first.stores.sessions.append(Self.draft(String(repeating: "x", count: 5000)), to: session)
        try await first.close()
        let second = try open(disk, ids: RandomIDGenerator())
        _ = try await second.stores.sessions.update(event.id, of: session, .init(metadata: .init(set: ["read": true])))
        return (second, session)
    }

    @Test("by a crash leaves nothing of a session that is deleted afterwards")
    func crash() async throws {
        let disk = SimulatedDisk()
        let (backend, session) = try await changed(on: disk)
        disk.crash(before: "rename sessions/\(session).jsonl")
        await #expect(throws: StoreError.self) { try await backend.close() }
        let left = disk.afterwards(.kill)
        #expect(left.text("sessions/\(session).jsonl.new")?.contains("SECRET") == true)
        let again = try open(left, ids: RandomIDGenerator())
        #expect(left.text("sessions/\(session).jsonl.new") == nil)
        try await again.stores.sessions.delete(session)
        try await again.scrub()
        #expect(left.files.filter { $0.value.contains("SECRET") }.keys.sorted() == [])
        try await again.close()
    }

    @Test("by a full disk leaves nothing of a session that is deleted afterwards")
    func fullDisk() async throws {
        let disk = SimulatedDisk()
        let (backend, session) = try await changed(on: disk)
        // Room for the first of the two events.
        disk.limit(to: 1000)
        await #expect(throws: StoreError.self) { try await backend.scrub() }
        disk.limit(to: nil)
        #expect(disk.text("sessions/\(session).jsonl.new")?.contains("SECRET") == true)
        try await backend.stores.sessions.delete(session)
        // Not only when it is asked for.
        try await backend.close()
        #expect(disk.files.filter { $0.value.contains("SECRET") }.keys.sorted() == [])
    }

    @Test("by a crash leaves nothing of a customer that is deleted afterwards")
    func customers() async throws {
        let disk = SimulatedDisk()
        let backend = try open(disk, ids: RandomIDGenerator())
        _ = try await backend.stores.customers.create(CustomerDraft(id: "jane", name: "SECRET"))
        disk.crash(before: "rename customers.json")
        await #expect(throws: StoreError.self) { try await backend.close() }
        let left = disk.afterwards(.kill)
        #expect(left.text("customers.json.new")?.contains("SECRET") == true)
        let again = try open(left, ids: RandomIDGenerator())
        #expect(left.text("customers.json.new") == nil)
        try await again.stores.customers.delete("jane")
        try await again.scrub()
        #expect(left.files.filter { $0.value.contains("SECRET") }.keys.sorted() == [])
        try await again.close()
    }

    @Test("goes when everything that was deleted has to, and files of other people stay")
    func scrub() async throws {
        let disk = SimulatedDisk()
        let backend = try open(disk, ids: RandomIDGenerator())
        let others = ["customers.json.bak.new", "notes.json-old.new", "notes.new"]
        for name in ["customers.json.new", "sessions/s.jsonl.new"] + others { disk.put(name, "SECRET") }
        try await backend.scrub()
        #expect(disk.files.filter { $0.value.contains("SECRET") }.keys.sorted() == others)
        try await backend.close()
    }
}
