import Foundation
import GRDB
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantSQLite

@Suite("A SQLite store in trouble")
struct FaultTests {
    private let clock = ManualClock()

    private func sessions(in file: StoreFile) -> SQLiteSessionStore {
        SQLiteSessionStore(file, CreationMoments(clock), RandomIDGenerator(), clock)
    }

    private static func draft(_ number: Int, bytes: Int = 0) -> EventDraft {
        EventDraft(
            source: .customer, kind: .message, traceID: "t",
            data: ["n": .integer(Int64(number)), "text": .string(String(repeating: "x", count: bytes))])
    }

    @Test("on a full disk refuses writes, loses none that it acknowledged, and goes on when there is room")
    func fullDisk() async throws {
        try await withFolder { folder in
            let path = "\(folder)/a.db"
            let file = try await StoreFile.open(path, now: clock.now)
            let store = sessions(in: file)
            let session = try await store.create(SessionDraft(agentID: "a"))
            // SQLite answers as it does for a full disk when a file may not grow.
            let pages = try await file.write { database in
                let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                return try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pages + 20)")
            }
            var acknowledged: [Event] = []
            for number in 0..<3 {
                acknowledged.append(try await store.append(Self.draft(number, bytes: 2000), to: session.id))
            }
            // Those that share a transaction with the one for which there is no room all fail.
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
                    #expect(error.message == "\(path): the disk is full; make room, then try again")
                    return nil
                }
            }
            #expect(acknowledged.count < 203)
            let kept = try await store.events(of: session.id, matching: .init())
            #expect(kept == acknowledged.sorted { $0.offset < $1.offset })
            #expect(kept.map(\.offset) == Array(0..<kept.count))
            try await file.write { try $0.execute(sql: "PRAGMA max_page_count = \((pages ?? 0) * 100)") }
            #expect(try await store.append(Self.draft(200, bytes: 2000), to: session.id).offset == kept.count)
            try await file.close()
        }
    }

    @Test("that another program has locked says so, and goes on when the lock is gone")
    func lockedFile() async throws {
        try await withFolder { folder in
            let path = "\(folder)/a.db"
            let file = try await StoreFile.open(path, now: clock.now, patience: 0)
            let store = sessions(in: file)
            let session = try await store.create(SessionDraft(agentID: "a"))
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(path: path, configuration: configuration)
            try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            let error = await #expect(throws: StoreError.self) {
                try await store.append(Self.draft(0), to: session.id)
            }
            #expect(error?.code == .unavailable)
            #expect(
                error?.message
                    == "\(path): another program has locked the file for longer than a write waits; end that one")
            #expect(try await store.read(session.id) == session, "readers do not wait for writers")
            try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            #expect(try await store.append(Self.draft(0), to: session.id).offset == 0)
            try other.close()
            try await file.close()
        }
    }

    @Test("with a truncated log of changes keeps what the log still has, from its beginning")
    func truncatedLog() async throws {
        try await withFolder { folder in
            let path = "\(folder)/a.db"
            let file = try await StoreFile.open(path, now: clock.now)
            let store = sessions(in: file)
            let session = try await store.create(SessionDraft(agentID: "a"))
            for number in 0..<20 { _ = try await store.append(Self.draft(number), to: session.id) }
            // As a crash leaves it: the files are copied while they are in use, and the last record is cut.
            let copy = "\(folder)/copy.db"
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            let log = try Data(contentsOf: URL(filePath: "\(path)-wal"))
            try log.dropLast(100).write(to: URL(filePath: "\(copy)-wal"))
            let again = try await StoreFile.open(copy, now: clock.now)
            let kept = try await sessions(in: again).events(of: session.id, matching: .init())
            #expect(kept.map(\.offset) == Array(0..<19))
            #expect(try await sessions(in: again).append(Self.draft(19), to: session.id).offset == 19)
            try await again.close()
            try await file.close()
        }
    }

    @Test(
        "with an event that was edited says that it is damaged, without its content, and has all other sessions",
        arguments: ["data", "source", "kind", "trace_id"])
    func editedEvent(_ column: String) async throws {
        try await withFolder { folder in
            let path = "\(folder)/a.db"
            var file = try await StoreFile.open(path, now: clock.now)
            let damaged = try await sessions(in: file).create(SessionDraft(agentID: "a")).id
            let other = try await sessions(in: file).create(SessionDraft(agentID: "a")).id
            _ = try await sessions(in: file).append(Self.draft(0), to: damaged)
            let event = try await sessions(in: file).append(Self.draft(1), to: other)
            try await file.close()
            let shell = try DatabaseQueue(path: path)
            try await shell.write { database in
                try database.execute(
                    sql: "UPDATE events SET \(column) = NULL WHERE session = ?", arguments: [damaged.rawValue])
            }
            try shell.close()
            file = try await StoreFile.open(path, now: clock.now)
            let store = sessions(in: file)
            let error = await #expect(throws: StoreError.self) {
                try await store.events(of: damaged, matching: .init())
            }
            #expect(error?.code == .damaged)
            #expect(
                error?.message
                    == "\(path): a row holds what this program never writes, nothing or a value of another type; "
                    + "restore a backup")
            #expect(error?.cause == nil)
            #expect(try await store.events(of: other, matching: .init()) == [event])
            #expect(try await store.append(Self.draft(2), to: other).offset == 1)
            #expect(try await store.append(Self.draft(2), to: damaged).offset == 1)
            try await file.close()
        }
    }

    @Test("with a customer that was edited says so in lists as well")
    func editedCustomer() async throws {
        try await withFolder { folder in
            let path = "\(folder)/a.db"
            var file = try await StoreFile.open(path, now: clock.now)
            func customers() -> SQLiteCustomerStore {
                SQLiteCustomerStore(file, CreationMoments(clock), RandomIDGenerator())
            }
            _ = try await customers().create(CustomerDraft(id: "a", name: "A"))
            try await file.close()
            let shell = try DatabaseQueue(path: path)
            try await shell.write { try $0.execute(sql: "UPDATE customers SET form = '{\"id\":1}'") }
            try shell.close()
            file = try await StoreFile.open(path, now: clock.now)
            let store = customers()
            let listing = await #expect(throws: StoreError.self) { try await store.list(.init()) }
            let reading = await #expect(throws: StoreError.self) { try await store.read("a") }
            #expect([listing?.code, reading?.code] == [.damaged, .damaged])
            #expect(try await store.create(CustomerDraft(id: "b", name: "B")).id == "b")
            try await file.close()
        }
    }

    @Test("names the remedy for a folder that cannot be written, and a full disk at the start")
    func wording() {
        #expect(
            SQLiteOpenError.notWritable("/srv/a.db", errno: EACCES).message
                == "/srv/a.db: the folder /srv cannot be written (Permission denied); allow it, or name another file")
        #expect(
            SQLiteOpenError.notWritable("a.db", errno: EROFS).message
                == "a.db: the folder . cannot be written (Read-only file system); allow it, or name another file")
        #expect(
            SQLiteOpenError.notWritable("/srv/a.db", errno: ENOSPC).message
                == "/srv/a.db: the disk is full; make room, or name another file")
        #expect(
            DatabaseError(resultCode: .SQLITE_READONLY).sentence
                == "the file or its folder cannot be written; allow it, or name another file")
        #expect(DatabaseError(resultCode: .SQLITE_CORRUPT).sentence == "the file is damaged; restore a backup")
    }
}
