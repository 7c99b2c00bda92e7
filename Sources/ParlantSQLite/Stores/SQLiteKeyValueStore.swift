import GRDB
import ParlantCore
import ParlantStores

/// Entries of scripts in a SQLite file.
///
/// Entries whose lifetime is over are not seen any more; each write removes a few of them.
struct SQLiteKeyValueStore: KeyValueStore {
    /// Dead entries that one write removes: more than it can add, so that they do not pile up.
    private static let sweptPerWrite = 4

    let file: StoreFile
    private let clock: any TimeSource
    private let limits = KeyValueLimits()

    init(_ file: StoreFile, _ clock: any TimeSource) {
        self.file = file
        self.clock = clock
    }

    func read(_ key: String, in scope: KeyValueScope) async throws -> JSONValue? {
        let now = clock.now
        return try await file.read { try Self.find(key, scope, now, $0)?.value }
    }

    func set(_ key: String, to value: JSONValue, in scope: KeyValueScope, lifetime: Duration?) async throws {
        let bytes = try limits.check(key, value)
        let now = clock.now
        let entry = Entry(value: value, bytes: bytes, end: lifetime.map(now.advanced))
        try await file.write { try put(entry, key, scope, now, $0) }
    }

    func add(
        _ key: String, _ value: JSONValue, in scope: KeyValueScope, lifetime: Duration?
    ) async throws -> Bool {
        let bytes = try limits.check(key, value)
        let now = clock.now
        let entry = Entry(value: value, bytes: bytes, end: lifetime.map(now.advanced))
        return try await file.write { database in
            guard try Self.find(key, scope, now, database) == nil else { return false }
            try put(entry, key, scope, now, database)
            return true
        }
    }

    func increment(_ key: String, by amount: Int64, in scope: KeyValueScope) async throws -> Int64 {
        let now = clock.now
        return try await file.write { database in
            let old = try Self.find(key, scope, now, database)
            let value = old?.value ?? 0
            guard case .integer(let number) = value else { throw StoreError.notCountable(key, value) }
            let (sum, overflow) = number.addingReportingOverflow(amount)
            guard !overflow else { throw StoreError.countOverflow(key) }
            let bytes = try limits.check(key, .integer(sum))
            try put(Entry(value: .integer(sum), bytes: bytes, end: old?.end), key, scope, now, database)
            return sum
        }
    }

    func delete(_ key: String, in scope: KeyValueScope) async throws {
        try await file.write { database in
            try database.cachedStatement(sql: "DELETE FROM key_values WHERE owner = ? AND key = ?")
                .execute(arguments: [scope.owner, StoredText.encode(key)])
        }
    }

    func entries(in scope: KeyValueScope) async throws -> [KeyValueEntry] {
        let now = clock.now
        let entries = try await file.read { database in
            let condition = "WHERE owner = ? AND (ends_at IS NULL OR ends_at > ?)"
            return try Self.entries(database, condition, [scope.owner, now.microseconds])
        }
        return entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    func deleteAll(in scope: KeyValueScope) async throws {
        try await file.write { database in
            try database.cachedStatement(sql: "DELETE FROM key_values WHERE owner = ?")
                .execute(arguments: [scope.owner])
        }
    }

    private struct Entry: Sendable {
        var value: JSONValue
        var bytes: Int
        /// Reading of the clock at which it is gone; nil: never.
        var end: Timestamp?
    }

    private static func find(
        _ key: String, _ scope: KeyValueScope, _ now: Timestamp, _ database: Database
    ) throws -> Entry? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT value, bytes, ends_at FROM key_values
                WHERE owner = ? AND key = ? AND (ends_at IS NULL OR ends_at > ?)
                """)
        let arguments: StatementArguments = [scope.owner, StoredText.encode(key), now.microseconds]
        guard let row = try Row.fetchOne(statement, arguments: arguments) else { return nil }
        let text: String = try row.decode(atIndex: 0)
        let value: JSONValue
        do {
            value = try JSONParser.parse(text.utf8)
        } catch {
            throw StoredFormError("the entry '\(key)' of \(scope) is no JSON: \(error)")
        }
        let end: Int64? = try row.decode(atIndex: 2)
        return Entry(
            value: value, bytes: try Int(column: row.decode(atIndex: 1)), end: try end.map(Timestamp.init(column:)))
    }

    private func put(
        _ entry: Entry, _ key: String, _ scope: KeyValueScope, _ now: Timestamp, _ database: Database
    ) throws {
        try database.cachedStatement(
            sql: """
                DELETE FROM key_values WHERE number IN (
                  SELECT number FROM key_values WHERE ends_at <= ? ORDER BY ends_at LIMIT \(Self.sweptPerWrite)
                )
                """
        ).execute(arguments: [now.microseconds])
        do {
            try check(entry, key, scope, database)
        } catch {
            // Dead entries may fill the scope.
            try database.cachedStatement(sql: "DELETE FROM key_values WHERE owner = ? AND ends_at <= ?")
                .execute(arguments: [scope.owner, now.microseconds])
            try check(entry, key, scope, database)
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO key_values (owner, key, value, bytes, ends_at) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (owner, key) DO UPDATE
                SET value = excluded.value, bytes = excluded.bytes, ends_at = excluded.ends_at
                """
        ).execute(arguments: [
            scope.owner, StoredText.encode(key), JSONValue.text(of: entry.value), entry.bytes, entry.end?.microseconds,
        ])
    }

    private func check(_ entry: Entry, _ key: String, _ scope: KeyValueScope, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                SELECT coalesce((SELECT entries FROM key_value_owners WHERE owner = ?1), 0),
                       coalesce((SELECT bytes FROM key_value_owners WHERE owner = ?1), 0),
                       (SELECT bytes FROM key_values WHERE owner = ?1 AND key = ?2)
                """)
        guard let row = try Row.fetchOne(statement, arguments: [scope.owner, StoredText.encode(key)]) else { return }
        let (entries, bytes) = (try Int(column: row.decode(atIndex: 0)), try Int(column: row.decode(atIndex: 1)))
        let kept: Int64? = try row.decode(atIndex: 2)
        let old = try kept.map(Int.init(column:))
        try limits.check(
            scope, key: key, entries: entries + (old == nil ? 1 : 0), bytes: bytes + entry.bytes - (old ?? 0))
    }
}

extension KeyValueScope {
    /// Whose entries they are, as SQLite keeps it: `session:s1`.
    var owner: String {
        switch self {
        case .session(let id): "session:\(StoredText.encode(id))"
        case .customer(let id): "customer:\(StoredText.encode(id))"
        case .agent(let id): "agent:\(StoredText.encode(id))"
        }
    }
}
