import GRDB
import ParlantCore
import ParlantStores

extension SQLiteSessionStore: RecordStore {
    func recordCount() async throws -> Int {
        try await file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sessions") ?? 0 }
    }

    func records(after last: SessionRecord?, limit: Int) async throws -> [SessionRecord] {
        let list = CreationList(table: "sessions")
        let cursor = last.map { PageCursor(createdAt: $0.session.createdAt, id: $0.session.id.rawValue) }
        return try await file.read { database in
            try list.forms(database, after: cursor, limit: limit).map { form in
                let session = try Session(storedBytes: form.utf8)
                return SessionRecord(session, end: try Self.end(of: session.id, database))
            }
        }
    }

    func restore(_ records: [SessionRecord]) async throws {
        try await file.write { [moments, file] database in
            for record in records {
                let session = record.session
                file.logEnds.forget(session.id)
                if let old = try Self.kept(session.id, database) { try Self.removeRow(old, database) }
                try Self.insert(session, database)
                try moments.note(session.createdAt, database, "sessions")
                guard let end = record.end else { continue }
                // The event itself, if there is one, takes this place.
                try database.cachedStatement(
                    sql: "INSERT OR IGNORE INTO events (session, \"offset\", created_at) VALUES (?, ?, ?)"
                ).execute(arguments: [StoredText.encode(session.id), end.offset, end.moment.microseconds])
            }
        } committed: { [cache] _ in
            cache.removed(records.map(\.session.id))
        }
    }

    /// Removes the events too, and the open turns.
    func removeAllRecords() async throws {
        try await file.write { [file] database in
            file.logEnds.forgetAll()
            for table in ["events", "open_turns", "session_labels", "sessions"] {
                try database.execute(sql: "DELETE FROM \(table)")
            }
        } committed: { [cache] _ in
            cache.removedAll()
        }
    }

    private static func end(of session: SessionID, _ database: Database) throws -> SessionRecord.End? {
        let statement = try database.cachedStatement(
            sql: "SELECT \"offset\", created_at FROM events WHERE session = ? ORDER BY \"offset\" DESC LIMIT 1")
        return try Row.fetchOne(statement, arguments: [StoredText.encode(session)]).map { row in
            SessionRecord.End(
                offset: try Int(column: row.decode(atIndex: 0)),
                moment: try Timestamp(column: row.decode(atIndex: 1)))
        }
    }
}

/// The events of all sessions in a SQLite file, by session and offset.
struct SQLiteEventRecords: RecordStore {
    private let file: StoreFile

    init(_ file: StoreFile) { self.file = file }

    func recordCount() async throws -> Int {
        try await file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM events WHERE id IS NOT NULL") ?? 0 }
    }

    func records(after last: EventRecord?, limit: Int) async throws -> [EventRecord] {
        let arguments: StatementArguments = [
            last.map { StoredText.encode($0.session) } ?? "", last?.event.offset ?? -1, limit,
        ]
        return try await file.read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT id, source, kind, "offset", created_at, trace_id, data, metadata, revision, session
                    FROM events WHERE (session, "offset") > (?, ?) AND id IS NOT NULL
                    ORDER BY session, "offset" LIMIT ?
                    """)
            return try Row.fetchAll(statement, arguments: arguments).map { row in
                EventRecord(try Event(row), of: SessionID(StoredText.decode(try row.decode(atIndex: 9))))
            }
        }
    }

    func restore(_ records: [EventRecord]) async throws {
        try await file.write { [file] database in
            let statement = try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO events
                      (session, "offset", id, source, kind, created_at, trace_id, data, metadata, revision)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            for record in records {
                let event = record.event
                file.logEnds.forget(record.session)
                let metadata = event.metadata.isEmpty ? nil : JSONValue.text(of: .object(event.metadata))
                try statement.execute(arguments: [
                    StoredText.encode(record.session), event.offset, StoredText.encode(event.id),
                    event.source.rawValue, event.kind.rawValue, event.createdAt.microseconds,
                    StoredText.encode(event.traceID), JSONValue.text(of: event.data), metadata, event.revision,
                ])
            }
        }
    }

    /// Sessions stay, and the ends of their logs go.
    func removeAllRecords() async throws {
        try await file.write { [file] database in
            file.logEnds.forgetAll()
            try database.execute(sql: "DELETE FROM events")
        }
    }
}
