import Foundation
import GRDB
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantSQLite

@Suite("Opening a SQLite store")
struct OpeningTests {
    private let clock = ManualClock()

    private func open(_ path: String) async throws(SQLiteOpenError) -> SQLiteStores {
        try await SQLiteStores.open(path, clock: clock, ids: RandomIDGenerator())
    }

    @Test("syncs each commit in full, on the connection that writes")
    func synchronous() async throws {
        try await withFolder { folder in
            let file = try await StoreFile.open("\(folder)/a.db", now: clock.now)
            #expect(try await file.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
            #expect(try await file.write { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
            #expect(try await file.write { try Int.fetchOne($0, sql: "PRAGMA secure_delete") } == 1)
            try await file.close()
        }
    }

    @Test("makes a file that only its owner may read")
    func permissions() async throws {
        try await withFolder { folder in
            let backend = try await open("\(folder)/a.db")
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
            }
            try await backend.close()
        }
    }

    @Test("refuses a second owner until the first one is closed")
    func secondOwner() async throws {
        try await withFolder { folder in
            let path = "\(folder)/a.db"
            let first = try await open(path)
            let error = await #expect(throws: SQLiteOpenError.self) { try await open(path) }
            #expect(
                error?.message
                    == "\(path): the store is in use by this process; stop that one first, or name another file: one "
                    + "server at a time may have it open")
            try await first.close()
            try await open(path).close()
        }
    }

    @Test("refuses a second owner, whichever symbolic links lead either of them to the file")
    func linkedOwner() async throws {
        try await withFolder { folder in
            let files = FileManager.default
            // The links are there before the file: the first owner makes it where they lead.
            try files.createDirectory(atPath: "\(folder)/data", withIntermediateDirectories: true)
            try files.createSymbolicLink(atPath: "\(folder)/live.db", withDestinationPath: "data/next.db")
            try files.createSymbolicLink(atPath: "\(folder)/data/next.db", withDestinationPath: "\(folder)/data/a.db")
            let names = ["live.db", "data/next.db", "data/a.db"].map { "\(folder)/\($0)" }
            for first in names {
                let owner = try await open(first)
                for second in names {
                    let error = await #expect(throws: SQLiteOpenError.self) { try await open(second) }
                    #expect(
                        error?.message
                            == "\(second): the store is in use by this process; stop that one first, or name another "
                            + "file: one server at a time may have it open")
                }
                try await owner.close()
            }
            #expect(
                try files.contentsOfDirectory(atPath: "\(folder)/data").sorted()
                    .filter { !$0.hasPrefix("a.db-") } == ["a.db", "a.db.lock", "next.db"])
            #expect(try files.contentsOfDirectory(atPath: folder).sorted() == ["data", "live.db"])
        }
    }

    @Test("says what is wrong with a link that leads nowhere, or in a circle")
    func brokenLinks() async throws {
        try await withFolder { folder in
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/a.db", withDestinationPath: "\(folder)/none/a.db")
            let missing = await #expect(throws: SQLiteOpenError.self) { try await open("\(folder)/a.db") }
            #expect(
                missing?.message
                    == "\(folder)/a.db: there is no folder \(folder)/none; make it, or name another file")
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/b.db", withDestinationPath: "b.db")
            let circle = await #expect(throws: SQLiteOpenError.self) { try await open("\(folder)/b.db") }
            #expect(circle?.message.hasSuffix("cannot be used: Too many levels of symbolic links") == true)
        }
    }

    @Test("says what is wrong with a folder that is not there, a folder, and a file that is no database")
    func wrongPlaces() async throws {
        try await withFolder { folder in
            let missing = await #expect(throws: SQLiteOpenError.self) { try await open("\(folder)/none/a.db") }
            #expect(
                missing?.message
                    == "\(folder)/none/a.db: there is no folder \(folder)/none; make it, or name another file")
            let text = "\(folder)/text.db"
            let content = String(repeating: "This is a letter and no database.\n", count: 100)
            try content.write(toFile: text, atomically: true, encoding: .utf8)
            let letter = await #expect(throws: SQLiteOpenError.self) { try await open(text) }
            #expect(letter?.message == "\(text): the file is no SQLite database; name another file")
            #expect(try String(contentsOfFile: text, encoding: .utf8) == content)
            try FileManager.default.createDirectory(atPath: "\(folder)/sub", withIntermediateDirectories: true)
            let sub = await #expect(throws: SQLiteOpenError.self) { try await open("\(folder)/sub") }
            #expect(sub?.message == "\(folder)/sub is a folder; name a file")
        }
    }

    @Test("says that a folder is there which takes no files, and what is a file and no folder")
    func folders() async throws {
        // The kernel's own, where nobody makes files.
        let kernel = await #expect(throws: SQLiteOpenError.self) { try await open("/proc/a.db") }
        #expect(
            kernel?.message == "/proc/a.db: the folder /proc takes no new files; name a file in another folder")
        try await withFolder { folder in
            try "letter".write(toFile: "\(folder)/letter", atomically: true, encoding: .utf8)
            let letter = await #expect(throws: SQLiteOpenError.self) { try await open("\(folder)/letter/a.db") }
            #expect(letter?.message == "\(folder)/letter/a.db: \(folder)/letter is no folder; name a file in a folder")
        }
    }

    @Test("leaves the database of another program as it is")
    func otherProgram() async throws {
        try await withFolder { folder in
            let path = "\(folder)/other.db"
            let other = try DatabaseQueue(path: path)
            try await other.write { try $0.execute(sql: "CREATE TABLE customers (id TEXT)") }
            try other.close()
            let before = try Data(contentsOf: URL(filePath: path))
            let error = await #expect(throws: SQLiteOpenError.self) { try await open(path) }
            #expect(error?.message == "\(path): the file is a database of another program; name another file")
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }
    }

    @Test("refuses a file of a newer version, and names what it does not know")
    func newerVersion() async throws {
        try await withFolder { folder in
            let path = "\(folder)/a.db"
            try await open(path).close()
            let newer = try DatabaseQueue(path: path)
            try await newer.write {
                try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('time travel')")
            }
            try newer.close()
            let error = await #expect(throws: SQLiteOpenError.self) { try await open(path) }
            #expect(
                error?.message
                    == "\(path): the file was written by a newer version of this program, which changed 'time travel'; "
                    + "update the program, or name another file")
        }
    }

    @Test("tells the owner of a damaged row what cannot be read")
    func damagedRow() async throws {
        try await withFolder { folder in
            let path = "\(folder)/a.db"
            let backend = try await open(path)
            _ = try await backend.stores.customers.create(CustomerDraft(id: "c", name: "N"))
            try await backend.close()
            let vandal = try DatabaseQueue(path: path)
            try await vandal.write { try $0.execute(sql: "UPDATE customers SET form = '{\"version\":1,\"id\":\"c\"}'") }
            try vandal.close()
            let again = try await open(path)
            let error = await #expect(throws: StoreError.self) { try await again.stores.customers.read("c") }
            #expect(error?.code == .damaged)
            #expect(error?.message == "the stored customer 'c': created_at is missing")
            try await again.close()
        }
    }
}
