import Foundation
import GRDB
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantSQLite

@Suite("A customer who was erased")
struct SQLiteErasureTests {
    @Test("is in no byte of the folder", arguments: ErasureConformance.checks)
    func erasure(_ check: ConformanceCheck<ErasureConformance.Subject>) async throws {
        try await withFolder { folder in
            let backend = try await SQLiteStores.open(
                "\(folder)/store.db", clock: ManualClock(), ids: RandomIDGenerator())
            try await check.run(.init(backend) { text in try Self.files(with: text, in: folder) })
            try await backend.close()
        }
    }

    @Test("stays in the log of changes while somebody reads it, which is said, and not a moment longer")
    func busy() async throws {
        try await withFolder { folder in
            let path = "\(folder)/store.db"
            let file = try await StoreFile.open(path, now: Timestamp(microseconds: 1), patience: 0)
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let reader = try DatabaseQueue(path: path, configuration: configuration)
            try await file.write { try $0.execute(sql: "INSERT INTO tags VALUES ('\(Self.marker)', 1, 'n')") }
            try await reader.writeWithoutTransaction { access in
                try access.beginTransaction(.deferred)
                _ = try Int.fetchOne(access, sql: "SELECT count(*) FROM tags")
            }
            try await file.write { try $0.execute(sql: "DELETE FROM tags") }
            await #expect { try await file.rewrite() } throws: { ($0 as? StoreError)?.code == .unavailable }
            #expect(try Self.files(with: Self.marker, in: folder) != [])
            try await reader.writeWithoutTransaction { try $0.commit() }
            try await file.rewrite()
            #expect(try Self.files(with: Self.marker, in: folder) == [])
            try reader.close()
            try await file.close()
        }
    }

    private static let marker = "Zq7MARKERq7Z"

    /// Files of a folder that have the text somewhere in their bytes.
    private static func files(with text: String, in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
            let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
            return bytes.range(of: Data(text.utf8)) != nil
        }
    }
}
