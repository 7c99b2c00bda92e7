import GRDB
import ParlantCore
import ParlantStores

/// Explanations in a SQLite file. The newest are kept, up to a limit.
struct SQLiteExplanationStore: ExplanationStore {
    /// Most explanations that are kept; one takes some kilobytes.
    static let limit: Int64 = 100_000

    let file: StoreFile

    init(_ file: StoreFile) { self.file = file }

    func save(_ explanation: Explanation) async throws {
        let form = explanation.storedText
        try await file.write { try Self.save(explanation, form, $0) }
    }

    static func save(_ explanation: Explanation, _ form: String, _ database: Database) throws {
        try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO explanations (session, trace_id, form) VALUES (?, ?, ?)"
        ).execute(arguments: [
            StoredText.encode(explanation.session), StoredText.encode(explanation.traceID), form,
        ])
        // Numbers only grow, so what is this far back has as many newer ones.
        try database.cachedStatement(sql: "DELETE FROM explanations WHERE number <= ?")
            .execute(arguments: [database.lastInsertedRowID - limit])
    }

    func find(_ traceID: TraceID, of session: SessionID) async throws -> Explanation? {
        try await file.read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT form FROM explanations WHERE session = ? AND trace_id = ?")
            let arguments: StatementArguments = [StoredText.encode(session), StoredText.encode(traceID)]
            return try String.fetchOne(statement, arguments: arguments).map { try Explanation(storedBytes: $0.utf8) }
        }
    }

    func traces(of session: SessionID) async throws -> [TraceID] {
        try await file.read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT trace_id FROM explanations WHERE session = ? ORDER BY number")
            return try String.fetchAll(statement, arguments: [StoredText.encode(session)])
                .map { TraceID(StoredText.decode($0)) }
        }
    }

    func deleteAll(of session: SessionID) async throws {
        try await file.write { database in
            try database.cachedStatement(sql: "DELETE FROM explanations WHERE session = ?")
                .execute(arguments: [StoredText.encode(session)])
        }
    }
}
