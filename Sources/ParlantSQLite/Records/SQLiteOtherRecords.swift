import GRDB
import ParlantCore
import ParlantStores

extension SQLiteKeyValueStore: RecordStore {
    func recordCount() async throws -> Int {
        try await file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM key_values") ?? 0 }
    }

    func records(after last: KeyValueEntry?, limit: Int) async throws -> [KeyValueEntry] {
        try await file.read { database in
            try Self.entries(
                database, "WHERE (owner, key) > (?, ?) ORDER BY owner, key LIMIT ?",
                [last?.scope.owner ?? "", last.map { StoredText.encode($0.key) } ?? "", limit])
        }
    }

    func restore(_ records: [KeyValueEntry]) async throws {
        try await file.write { database in
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO key_values (owner, key, value, bytes, ends_at) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (owner, key) DO UPDATE
                    SET value = excluded.value, bytes = excluded.bytes, ends_at = excluded.ends_at
                    """)
            for entry in records {
                let value = JSONValue.text(of: entry.value)
                try statement.execute(arguments: [
                    entry.scope.owner, StoredText.encode(entry.key), value, entry.key.utf8.count + value.utf8.count,
                    entry.endsAt?.microseconds,
                ])
            }
        }
    }

    func removeAllRecords() async throws { try await file.write { try $0.execute(sql: "DELETE FROM key_values") } }

    /// Entries by a condition on their rows.
    static func entries(
        _ database: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [KeyValueEntry] {
        let statement = try database.cachedStatement(
            sql: "SELECT owner, key, value, ends_at FROM key_values \(condition)")
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            let (owner, text): (String, String) = (try row.decode(atIndex: 0), try row.decode(atIndex: 2))
            let key = StoredText.decode(try row.decode(atIndex: 1))
            guard let scope = KeyValueScope(text: StoredText.decode(owner)) else {
                throw StoredFormError("the entry '\(key)' belongs to '\(owner)', which this program does not know")
            }
            let value: JSONValue
            do {
                value = try JSONParser.parse(text.utf8)
            } catch {
                throw StoredFormError("the entry '\(key)' of \(scope) is no JSON: \(error)")
            }
            let end: Int64? = try row.decode(atIndex: 3)
            return KeyValueEntry(
                scope: scope, key: key, value: value, endsAt: try end.map(Timestamp.init(column:)))
        }
    }
}

extension SQLiteExplanationStore: RecordStore {
    var capacity: Int? { Int(Self.limit) }

    func recordCount() async throws -> Int {
        try await file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM explanations") ?? 0 }
    }

    func records(after last: Explanation?, limit: Int) async throws -> [Explanation] {
        try await file.read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT form FROM explanations
                    WHERE number > coalesce((SELECT number FROM explanations WHERE session = ? AND trace_id = ?), 0)
                    ORDER BY number LIMIT ?
                    """)
            let arguments: StatementArguments = [
                last.map { StoredText.encode($0.session) }, last.map { StoredText.encode($0.traceID) }, limit,
            ]
            return try String.fetchAll(statement, arguments: arguments).map { try Explanation(storedBytes: $0.utf8) }
        }
    }

    func restore(_ records: [Explanation]) async throws {
        try await file.write { database in
            for explanation in records { try Self.save(explanation, explanation.storedText, database) }
        }
    }

    func removeAllRecords() async throws { try await file.write { try $0.execute(sql: "DELETE FROM explanations") } }
}
