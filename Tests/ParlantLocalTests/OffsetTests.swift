import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@testable import ParlantLocal

@Suite("An offset that no event can have")
struct OffsetTests {
    private static let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"])
    private static let moment = "2026-01-01T00:00:00.000000Z"

    /// Sessions with one event each, in a folder that nobody has open.
    private func saved(_ count: Int) async throws -> (disk: SimulatedDisk, events: [EventRecord]) {
        let disk = SimulatedDisk()
        let backend = try open(disk, ids: RandomIDGenerator())
        var events: [EventRecord] = []
        for _ in 0..<count {
            let session = try await backend.stores.sessions.create(SessionDraft(agentID: "a")).id
            events.append(EventRecord(try await backend.stores.sessions.append(Self.draft, to: session), of: session))
        }
        try await backend.close()
        return (disk, events)
    }

    /// Expects that the first session is refused with this, whatever is asked of it, and that the second one goes on.
    private func expectDamage(_ expected: String, _ disk: SimulatedDisk, _ events: [EventRecord]) async throws {
        let backend = try open(disk, ids: RandomIDGenerator())
        let store = backend.stores.sessions
        let (damaged, whole) = (events[0].session, events[1].session)
        let calls: [() async throws -> Void] = [
            { _ = try await store.events(of: damaged, matching: .init()) },
            { _ = try await store.append(Self.draft, to: damaged) },
            { try await store.deleteEvents(of: damaged, from: 0) },
        ]
        for (number, call) in calls.enumerated() {
            let error = await #expect(throws: StoreError.self, "call \(number)") { try await call() }
            #expect(error?.code == .damaged && error?.entity == "store" && error?.id == "/store")
            #expect(error?.message == "/store/\(expected); correct it, or put back a copy of the file")
        }
        #expect(try await store.events(of: whole, matching: .init()) == [events[1].event])
        #expect(try await store.append(Self.draft, to: whole).offset == 1)
        try await backend.close()
    }

    @Test(
        "is refused in a session's file, and other sessions go on",
        arguments: [-1, 1 << 24, 900_000_000_000, Int.max, Int.min])
    func ofEvent(_ offset: Int) async throws {
        let (disk, events) = try await saved(2)
        let file = "sessions/\(events[0].session).jsonl"
        disk.put(file, try #require(disk.text(file)).replacing("\"offset\":0", with: "\"offset\":\(offset)"))
        try await expectDamage(
            "\(file), line 1: the stored event '\(events[0].event.id)': offset is \(offset), and has to be from 0 to "
                + "16777215", disk, events)
    }

    @Test("is refused as the end of a session's file, and other sessions go on", arguments: [-5, 1 << 24 + 1, Int.max])
    func ofEnd(_ next: Int) async throws {
        let (disk, events) = try await saved(2)
        let file = "sessions/\(events[0].session).jsonl"
        let end = #"{"next_offset":\#(next),"newest":"\#(Self.moment)"}"#
        disk.put(file, try #require(disk.text(file)) + end + "\n")
        try await expectDamage(
            "\(file), line 2: a stored end of the events: next_offset is \(next), and has to be from 0 to 16777216",
            disk, events)
    }

    @Test("is refused in the list of ends when the store is opened", arguments: [-5, 900_000_000_000, Int.max])
    func ofSavedEnd(_ next: Int) async throws {
        let (disk, events) = try await saved(1)
        let text = try #require(disk.text("events.json"))
        disk.put("events.json", text.replacing("\"next_offset\":1", with: "\"next_offset\":\(next)"))
        let before = disk.files
        let error = #expect(throws: FileDamage.self) { try open(disk, ids: RandomIDGenerator()) }
        #expect(
            error?.description
                == "events.json, line 4: the stored end of the events of session '\(events[0].session)': next_offset "
                + "is \(next), and has to be from 0 to 16777216; correct it, or put back a copy of the file")
        #expect(disk.files == before)
    }

    @Test("is refused in a file of the reference when the store is opened", arguments: [-1, 900_000_000_000, Int.max])
    func ofReference(_ offset: Int) throws {
        let disk = SimulatedDisk()
        disk.put(
            "sessions.json", ReferenceFiles.sessions.replacing("\"offset\": 1,", with: "\"offset\": \(offset),"))
        let before = disk.files
        let error = #expect(throws: FileDamage.self) { try open(disk, ids: RandomIDGenerator()) }
        #expect(
            error?.description
                == "sessions.json: the stored document of 'events' 'DO9CKsTZcb': offset is \(offset), and has to be "
                + "from 0 to 16777215; move the file away to begin without it")
        #expect(disk.files == before)
    }

    @Test("is refused when it comes from another store, and nothing is changed", arguments: [-1, 1 << 24, Int.max])
    func ofRecord(_ offset: Int) async throws {
        let backend = try open(SimulatedDisk(), ids: RandomIDGenerator())
        let session = try await backend.stores.sessions.create(SessionDraft(agentID: "a"))
        let event = Event(
            id: "e", source: .customer, kind: .message, offset: offset, createdAt: session.createdAt, traceID: "t",
            data: 1)
        var other = session
        other.id = "other"
        let end = SessionRecord.End(offset: offset, moment: session.createdAt)
        for (id, call) in [
            (session.id, { try await backend.records.events.restore([EventRecord(event, of: session.id)]) }),
            (other.id, { [other] in try await backend.records.sessions.restore([SessionRecord(other, end: end)]) }),
        ] as [(SessionID, () async throws -> Void)] {
            let error = await #expect(throws: StoreError.self) { try await call() }
            #expect(error?.code == .damaged && error?.entity == "session" && error?.id == id.rawValue)
            #expect(
                error?.message
                    == "the offset of an event of the session '\(id)' is \(offset), and has to be from 0 to 16777215; "
                    + "correct it in the store that it comes from")
        }
        #expect(try await backend.stores.sessions.list(.init()).items == [session])
        #expect(try await backend.stores.sessions.events(of: session.id, matching: .init()) == [])
        try await backend.close()
    }

    @Test("is not given to an event: a session that has had as many as it can have takes no more")
    func fullSession() async throws {
        let disk = SimulatedDisk()
        let first = try open(disk, ids: RandomIDGenerator())
        let session = try await first.stores.sessions.create(SessionDraft(agentID: "a")).id
        _ = try await first.stores.sessions.append(Self.draft, to: session)
        try await first.stores.sessions.deleteEvents(of: session, from: 0)
        try await first.close()
        let file = "sessions/\(session).jsonl"
        let (saved, ends) = (try #require(disk.text(file)), try #require(disk.text("events.json")))
        let full = saved.replacing("\"next_offset\":1,", with: "\"next_offset\":\(LogOffsets.limit),")
        #expect(full != saved)
        disk.put(file, full)
        disk.put(
            "events.json",
            ends.replacing("\"next_offset\":1,", with: "\"next_offset\":\(LogOffsets.limit),")
                .replacing("\"bytes\":\(saved.utf8.count)", with: "\"bytes\":\(full.utf8.count)"))
        let second = try open(disk, ids: RandomIDGenerator())
        let error = await #expect(throws: StoreError.self) {
            try await second.stores.sessions.append(Self.draft, to: session)
        }
        #expect(error?.code == .tooLarge && error?.entity == "session" && error?.id == session.rawValue)
        #expect(
            error?.message
                == "the session '\(session)' has had 16777216 events, and cannot have more; begin another session")
        #expect(disk.text("journal-2.jsonl") == "")
        try await second.close()
    }
}
