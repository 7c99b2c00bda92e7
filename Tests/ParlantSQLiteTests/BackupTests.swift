import Foundation
import GRDB
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantSQLite

@Suite("A backup of a SQLite store")
struct BackupTests {
    private let clock = ManualClock()

    @Test("has all that was acknowledged before it, while writers go on")
    func online() async throws {
        try await withFolder { folder in
            let backend = try await SQLiteStores.open("\(folder)/a.db", clock: clock, ids: RandomIDGenerator())
            for number in 0..<50 {
                _ = try await backend.stores.customers.create(CustomerDraft(id: .init("c\(number)"), name: "N"))
            }
            async let later: Void = {
                for number in 50..<100 {
                    _ = try await backend.stores.customers.create(CustomerDraft(id: .init("c\(number)"), name: "N"))
                }
            }()
            let bytes = try await SQLiteBackup.copy("\(folder)/a.db", to: "\(folder)/copy.db")
            try await later
            try await backend.close()
            #expect(bytes > 0)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/copy.db.partial"))
            let copy = try await SQLiteStores.open("\(folder)/copy.db", clock: clock, ids: RandomIDGenerator())
            for number in 0..<50 { #expect(try await copy.stores.customers.read(.init("c\(number)")).name == "N") }
            try await copy.close()
        }
    }

    @Test("refuses to replace a file, and to copy what is no store")
    func refusals() async throws {
        try await withFolder { folder in
            try await SQLiteStores.open("\(folder)/a.db", clock: clock, ids: RandomIDGenerator()).close()
            try "letter".write(toFile: "\(folder)/letter", atomically: true, encoding: .utf8)
            let cases = [
                ("a.db", "letter", "\(folder)/letter: there is a file already; name another one for the copy"),
                ("none.db", "b.db", "\(folder)/none.db: there is no such file; name the file of a store"),
                (".", "b.db", "\(folder)/. is a folder; name a file"),
                ("a.db", ".", "\(folder)/. is a folder; name a file"),
                ("letter", "b.db", "\(folder)/letter: the file is no SQLite database; name another file"),
                (
                    "a.db", "none/b.db",
                    "\(folder)/none/b.db.partial: there is no folder \(folder)/none; make it, or name another file"
                ),
            ]
            for (path, target, message) in cases {
                let error = await #expect(throws: SQLiteOpenError.self) {
                    try await SQLiteBackup.copy("\(folder)/\(path)", to: "\(folder)/\(target)")
                }
                #expect(error?.message == message)
            }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/b.db.partial"))
        }
    }

    @Test("leaves nothing of an unfinished copy, be it its own or that of one which was killed")
    func leftovers() async throws {
        try await withFolder { folder in
            let files = FileManager.default
            let path = "\(folder)/a.db"
            let backend = try await SQLiteStores.open(path, clock: clock, ids: RandomIDGenerator())
            for number in 0..<200 {
                _ = try await backend.stores.customers.create(CustomerDraft(id: .init("c\(number)"), name: "N"))
            }
            try await backend.close()
            for name in ["b.db.partial", "b.db.partial-journal"] {
                try "killed".write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
            }
            _ = try await SQLiteBackup.copy(path, to: "\(folder)/b.db")
            #expect(try files.contentsOfDirectory(atPath: folder).filter { $0.contains("partial") } == [])
            // All but the pages that say what the file is.
            let handle = try #require(FileHandle(forWritingAtPath: path))
            let size = try handle.seekToEnd()
            try handle.seek(toOffset: size / 2)
            try handle.write(contentsOf: Data(repeating: 0x55, count: Int(size - size / 2)))
            try handle.close()
            let error = await #expect(throws: SQLiteOpenError.self) {
                try await SQLiteBackup.copy(path, to: "\(folder)/c.db")
            }
            #expect(error?.message == "\(path): the file is damaged; restore a backup")
            #expect(try files.contentsOfDirectory(atPath: folder).filter { $0.contains("partial") } == [])
        }
    }

    @Test(
        "names the file that failed, the copy or the store",
        arguments: [
            (ResultCode.SQLITE_FULL, true), (.SQLITE_CANTOPEN, true), (.SQLITE_READONLY, true),
            (.SQLITE_IOERR_WRITE, true), (.SQLITE_IOERR_FSYNC, true), (.SQLITE_IOERR_READ, false),
            (.SQLITE_IOERR_SHORT_READ, false), (.SQLITE_CORRUPT, false), (.SQLITE_BUSY, false),
        ])
    func blame(_ code: ResultCode, _ isOfCopy: Bool) {
        #expect(SQLiteBackup.isOfCopy(DatabaseError(resultCode: code)) == isOfCopy)
    }
}
