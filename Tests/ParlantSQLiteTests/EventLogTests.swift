import Foundation
import GRDB
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantSQLite

@Suite("Logs of sessions in SQLite")
struct EventLogTests {
    private struct Refused: Error {}

    private let clock = ManualClock()

    private func sessions(in file: StoreFile) -> SQLiteSessionStore {
        SQLiteSessionStore(file, CreationMoments(clock), RandomIDGenerator(), clock)
    }

    private static func draft(_ text: String) -> EventDraft {
        EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": .string(text)])
    }

    @Test("have no holes when others fail in the same transactions, after they have changed something")
    func holes() async throws {
        let file = try await StoreFile.inMemory(now: clock.now)
        let store = sessions(in: file)
        let session = try await store.create(SessionDraft(agentID: "a")).id
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<400 {
                group.addTask {
                    if number % 4 == 0 {
                        try? await file.write { database in
                            try database.execute(
                                sql: "INSERT INTO properties VALUES (?, '')", arguments: ["p\(number)"])
                            throw Refused()
                        }
                    } else {
                        _ = try await store.append(Self.draft("\(number)"), to: session)
                    }
                }
            }
            try await group.waitForAll()
        }
        let events = try await store.events(of: session, matching: .init())
        #expect(events.map(\.offset) == Array(0..<300))
        #expect(Set(events.map(\.id)).count == 300)
        try await file.close()
    }

    @Test("end where the file says after a deletion of their session, and of their last events")
    func deletions() async throws {
        let file = try await StoreFile.inMemory(now: clock.now)
        let store = sessions(in: file)
        let session = try await store.create(SessionDraft(agentID: "a")).id
        for number in 0..<3 { _ = try await store.append(Self.draft("\(number)"), to: session) }
        try await store.deleteEvents(of: session, from: 1)
        #expect(try await store.append(Self.draft("3"), to: session).offset == 3)
        try await store.delete(session)
        let error = await #expect(throws: StoreError.self) { try await store.append(Self.draft("4"), to: session) }
        #expect(error?.code == .notFound)
        #expect(try await file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM events") } == 0)
        try await file.close()
    }

    @Test("go on after events that were written back into them")
    func restored() async throws {
        let file = try await StoreFile.inMemory(now: clock.now)
        let store = sessions(in: file)
        let session = try await store.create(SessionDraft(agentID: "a")).id
        _ = try await store.append(Self.draft("0"), to: session)
        let event = Event(
            id: "e", source: .customer, kind: .message, offset: 7, createdAt: clock.now, traceID: "t", data: [:])
        try await SQLiteEventRecords(file).restore([EventRecord(event, of: session)])
        #expect(try await store.append(Self.draft("8"), to: session).offset == 8)
        try await SQLiteEventRecords(file).removeAllRecords()
        #expect(try await store.append(Self.draft("0"), to: session).offset == 0)
        try await file.close()
    }

    @Test("are found by the id of an event through an index, which grows at its end")
    func ids() async throws {
        let ids = EventIDs(ids: RandomIDGenerator(), clock: clock)
        var made: [EventID] = []
        for _ in 0..<100 {
            made.append(ids.next())
            clock.advance(by: .milliseconds(10))
        }
        #expect(Set(made).count == 100)
        #expect(made.allSatisfy { $0.rawValue.utf8.count == 10 })
        let turn = made.indices.dropFirst().filter { made[$0].rawValue < made[$0 - 1].rawValue }
        #expect(turn.count <= 1, "they begin anew once in 41 hours")
        let file = try await StoreFile.inMemory(now: clock.now)
        let step = try await file.read { database in
            try Row.fetchOne(
                database, sql: "EXPLAIN QUERY PLAN SELECT data FROM events WHERE session = 's' AND id = 'e'"
            )?["detail"] as String?
        }
        #expect(step == "SEARCH events USING INDEX events_by_id (id=? AND session=?)")
        try await file.close()
    }

    @Test("keep the file's log of changes short, however much is written, and lose nothing by that")
    func logOfChanges() async throws {
        try await withFolder { folder in
            let path = "\(folder)/a.db"
            let file = try await StoreFile.open(path, now: clock.now)
            let store = sessions(in: file)
            let session = try await store.create(SessionDraft(agentID: "a")).id
            let text = String(repeating: "x", count: 60_000)
            // 15 pages each, five times as many as the log may have before it is emptied.
            let count = Checkpointer.startingAt / 3
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<count / 8 { _ = try await store.append(Self.draft(text), to: session) }
                    }
                }
                try await group.waitForAll()
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)-wal")
            let pages = try #require(attributes[.size] as? Int) / 4096
            #expect(pages < Checkpointer.startingAt * 2)
            let kept = try await store.events(of: session, matching: .init())
            #expect(kept.map(\.offset) == Array(0..<count / 8 * 8))
            try await file.close()
        }
    }
}
