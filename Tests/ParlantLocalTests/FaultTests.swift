import Glibc
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantLocal

@Suite("A store in a folder in trouble")
struct FaultTests {
    private static func draft(_ number: Int, bytes: Int = 0) -> EventDraft {
        EventDraft(
            source: .customer, kind: .message, traceID: "t",
            data: ["n": .integer(Int64(number)), "text": .string(String(repeating: "x", count: bytes))])
    }

    @Test("on a full disk takes the removal of what was never there, which costs no write")
    func nothingToRemove() async throws {
        let disk = SimulatedDisk()
        let backend = try open(disk, ids: RandomIDGenerator())
        let stores = backend.stores
        try await stores.explanations.save(
            Explanation(session: "s", traceID: "t", content: Array(#"{"because": "so"}"#.utf8)))
        disk.limit(to: 0)
        try await stores.explanations.deleteAll(of: "none")
        try await stores.keyValues.deleteAll(in: .session("none"))
        let error = await #expect(throws: StoreError.self) { try await stores.explanations.deleteAll(of: "s") }
        #expect(error?.code == .unavailable)
        disk.limit(to: nil)
        try await stores.explanations.deleteAll(of: "s")
        #expect(try await stores.explanations.traces(of: "s") == [])
        try await backend.close()
    }

    @Test("on a full disk refuses writes, loses none that it acknowledged, and goes on when there is room")
    func fullDisk() async throws {
        let disk = SimulatedDisk()
        let backend = try open(disk, ids: RandomIDGenerator())
        let store = backend.stores.sessions
        let session = try await store.create(SessionDraft(agentID: "a"))
        disk.limit(to: 50_000)
        var acknowledged: [Event] = []
        for number in 0..<3 {
            acknowledged.append(try await store.append(Self.draft(number, bytes: 2000), to: session.id))
        }
        // Those that share a group with the one for which there is no room all fail.
        let results = await withTaskGroup(of: Result<Event, any Error>.self) { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        return .success(try await store.append(Self.draft(number, bytes: 2000), to: session.id))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        acknowledged += try results.compactMap { result -> Event? in
            switch result {
            case .success(let event): return event
            case .failure(let error):
                let error = try #require(error as? StoreError)
                #expect(error.code == .unavailable)
                #expect(
                    error.message
                        == "/store/journal-1.jsonl: the disk is full; make room, then try again")
                return nil
            }
        }
        #expect(acknowledged.count < 203)
        acknowledged.sort { $0.offset < $1.offset }
        #expect(try await store.events(of: session.id, matching: .init()) == acknowledged)
        // A crash now shows the same.
        let left = try open(disk.afterwards(.kill), ids: RandomIDGenerator())
        #expect(try await left.stores.sessions.events(of: session.id, matching: .init()) == acknowledged)
        disk.limit(to: nil)
        #expect(try await store.append(Self.draft(200), to: session.id).offset == acknowledged.count)
        try await backend.close()
    }

    @Test("without room for a checkpoint keeps everything in the journal and starts again from it")
    func noRoomForCheckpoint() async throws {
        let disk = SimulatedDisk()
        let backend = try open(disk, ids: RandomIDGenerator())
        for number in 0..<50 {
            _ = try await backend.stores.customers.create(.init(id: .init("c\(number)"), name: "N"))
        }
        disk.limit(to: 100)
        let error = await #expect(throws: StoreError.self) { try await backend.close() }
        #expect(error?.message == "/store/customers.json.new: the disk is full; make room, then try again")
        disk.limit(to: nil)
        let again = try open(disk, ids: RandomIDGenerator())
        #expect(try await again.stores.customers.list(.init()).totalCount == 51)
        try await again.close()
    }

    @Test("whose disk fails to sync a file keeps the journal until it is started again")
    func failedSync() async throws {
        let disk = SimulatedDisk()
        let backend = try open(disk, ids: RandomIDGenerator())
        let session = try await backend.stores.sessions.create(SessionDraft(agentID: "a"))
        _ = try await backend.stores.sessions.append(Self.draft(0), to: session.id)
        disk.refuseSync(of: "sessions/\(session.id).jsonl")
        await #expect(throws: StoreError.self) { try await backend.close() }
        let again = try open(disk.afterwards(.powerLoss), ids: RandomIDGenerator())
        #expect(try await again.stores.sessions.events(of: session.id, matching: .init()).count == 1)
        try await again.close()
    }

    @Test("with a damaged last line keeps what precedes it and says what was cut off")
    func damagedLastLine() async throws {
        let disk = SimulatedDisk()
        let backend = try open(disk, ids: RandomIDGenerator())
        for name in ["a", "b", "c"] { _ = try await backend.stores.tags.create(name: name) }
        let left = disk.afterwards(.kill)
        let journal = try #require(left.text("journal-1.jsonl"))
        left.put("journal-1.jsonl", String(journal.dropLast(20)))
        let log = LogLines()
        let folder = try StoreFolder(
            left, place: "/store", clock: ManualClock(), ids: RandomIDGenerator(), logger: log.logger)
        let again = LocalStores(folder, nil)
        #expect(try await again.stores.tags.list(name: nil).map(\.name) == ["a", "b"])
        #expect(log.lines.count == 1)
        #expect(log.lines[0].hasPrefix("journal-1.jsonl: the last "))
        #expect(log.lines[0].hasSuffix("nobody was told that they are kept"))
        #expect(try await again.stores.tags.create(name: "c").name == "c")
        try await again.close()
    }

    @Test("with damage before the last line is refused, by file and line, and stays as it is")
    func damageInTheMiddle() async throws {
        let disk = SimulatedDisk()
        let backend = try open(disk, ids: RandomIDGenerator())
        for name in ["a", "b", "c"] { _ = try await backend.stores.tags.create(name: name) }
        let left = disk.afterwards(.kill)
        var lines = try #require(left.text("journal-1.jsonl")).split(separator: "\n").map(String.init)
        lines[1] = lines[1].replacing("\"b\"", with: "\"B\"")
        left.put("journal-1.jsonl", lines.joined(separator: "\n") + "\n")
        let before = left.files
        let error = #expect(throws: FileDamage.self) { try open(left, ids: RandomIDGenerator()) }
        #expect(
            error?.description
                == "journal-1.jsonl, line 2: the change 2 is damaged or missing, and later ones are there; put back a copy "
                + "of the folder, or give up what is damaged by removing the line and all that follow it")
        #expect(left.files == before)
    }

    @Test("misses events that a session's file has lost, and says what to do")
    func truncatedEvents() async throws {
        let disk = SimulatedDisk()
        let backend = try open(disk, ids: RandomIDGenerator())
        let session = try await backend.stores.sessions.create(SessionDraft(agentID: "a")).id
        for number in 0..<3 { _ = try await backend.stores.sessions.append(Self.draft(number), to: session) }
        try await backend.close()
        let name = "sessions/\(session).jsonl"
        let lines = try #require(disk.text(name)).split(separator: "\n")
        disk.put(name, lines[0] + "\n" + lines[1].dropLast(5))
        let again = try open(disk, ids: RandomIDGenerator())
        let expected =
            "/store/\(name): the events from 1 to 2 are missing; put back a copy of the file, or give up what is missing "
            + "by removing the session from events.json"
        for attempt in 0..<2 {
            let error = await #expect(throws: StoreError.self, "attempt \(attempt)") {
                if attempt == 0 { _ = try await again.stores.sessions.events(of: session, matching: .init()) }
                if attempt == 1 { _ = try await again.stores.sessions.append(Self.draft(3), to: session) }
            }
            #expect(error?.code == .damaged)
            #expect(error?.message == expected)
        }
        // Everything else works.
        _ = try await again.stores.sessions.create(SessionDraft(agentID: "a"))
        try await again.close()
    }

    @Test("names the remedy for what the system refuses")
    func wording() {
        #expect(
            DiskError(errno: EROFS, name: "x").sentence
                == "the disk can only be read (Read-only file system); mount it for writing")
        #expect(
            LocalOpenError(errno: EACCES, folder: "/srv/a").message
                == "/srv/a: the folder cannot be written (Permission denied); allow it, or name another folder")
        #expect(
            LocalOpenError(errno: ENOSPC, folder: "/srv/a").message
                == "/srv/a: the disk is full; make room, or name another folder")
        #expect(
            LocalOpenError(errno: ENOENT, folder: "a/b").message
                == "a/b: there is no folder a; make it, or name another folder")
    }
}
