import GRDB
import ParlantCore
import ParlantStores

/// The events of sessions: a row each, sorted by session and offset, which is where they are appended and read.
extension SQLiteSessionStore {
    /// - Throws: ``StoreError`` as for every store; `tooLarge` when the session has had all events of ``StoredCount``.
    /// - Complexity: O(size of the draft + log events), and the commit, which it shares with all that wait.
    func append(_ draft: EventDraft, to id: SessionID, _ mark: TurnMark?) async throws -> Event {
        let eventID = EventIDs(ids: ids, clock: clock).next()
        // Written down here and not in the transaction, where all others would wait for it.
        let data = JSONValue.text(of: draft.data)
        let metadata = draft.metadata.isEmpty ? nil : JSONValue.text(of: .object(draft.metadata))
        return try await file.write { [clock, file] database in
            let last = try Self.end(of: id, file.logEnds, database)
            let offset = last.offset + 1
            guard StoredCount.range.contains(offset) else { throw StoreError.noRoom(id, after: offset) }
            let now = max(clock.now, last.createdAt)
            try database.cachedStatement(
                sql: """
                    INSERT INTO events (session, "offset", id, source, kind, created_at, trace_id, data, metadata)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                StoredText.encode(id), offset, StoredText.encode(eventID), draft.source.rawValue, draft.kind.rawValue,
                now.microseconds, StoredText.encode(draft.traceID), data, metadata,
            ])
            file.logEnds.keep(LogEnds.End(offset: offset, createdAt: now), of: id)
            let event = Event(
                id: eventID, source: draft.source, kind: draft.kind, offset: offset, createdAt: now,
                traceID: draft.traceID, data: draft.data, metadata: draft.metadata)
            switch mark {
            case .opens: try Self.open(OpenTurn(asking: event, in: id), database)
            case .closes: try Self.close(event.traceID, of: id, database)
            case nil: break
            }
            return event
        }
    }

    /// - Complexity: O(events from `minOffset` on); without filters O(`limit`).
    func events(of id: SessionID, matching query: EventQuery) async throws -> [Event] {
        var conditions = ["session = ?", "\"offset\" >= ?", "id IS NOT NULL"]
        var arguments: [(any DatabaseValueConvertible & Sendable)?] = [StoredText.encode(id), max(0, query.minOffset)]
        if !query.kinds.isEmpty {
            let kinds = query.kinds.map(\.rawValue).sorted()
            conditions.append("kind IN (\(kinds.map { _ in "?" }.joined(separator: ", ")))")
            arguments += kinds.map { $0 }
        }
        if let source = query.source {
            conditions.append("source = ?")
            arguments.append(source.rawValue)
        }
        if let trace = query.traceID {
            conditions.append("trace_id = ?")
            arguments.append(StoredText.encode(trace))
        }
        let order = query.takesLast ? "DESC" : "ASC"
        let condition = conditions.joined(separator: " AND ") + " ORDER BY \"offset\" \(order) LIMIT ?"
        arguments.append(query.limit ?? -1)
        return try await file.read { [arguments] database in
            let events = try Self.events(database, condition, StatementArguments(arguments))
            if events.isEmpty, try !Self.exists(id, database) { throw StoreError.notFound("session", id) }
            return query.takesLast ? events.reversed() : events
        }
    }

    func event(_ event: EventID, of id: SessionID) async throws -> Event {
        try await file.read { try Self.find(event, of: id, $0) }
    }

    func update(_ event: EventID, of id: SessionID, _ change: EventChange) async throws -> Event {
        try await file.write { database in
            var found = try Self.find(event, of: id, database)
            change.apply(to: &found)
            let metadata = found.metadata.isEmpty ? nil : JSONValue.text(of: .object(found.metadata))
            try database.cachedStatement(
                sql: "UPDATE events SET data = ?, metadata = ?, revision = ? WHERE session = ? AND \"offset\" = ?"
            ).execute(arguments: [
                JSONValue.text(of: found.data), metadata, found.revision, StoredText.encode(id), found.offset,
            ])
            return found
        }
    }

    /// The last offset that was ever used stays as a row without content.
    func deleteEvents(of id: SessionID, from minOffset: Int) async throws {
        try await file.write { database in
            guard try Self.exists(id, database) else { throw StoreError.notFound("session", id) }
            let session = StoredText.encode(id)
            let from = max(0, minOffset)
            try database.cachedStatement(
                sql: """
                    DELETE FROM events WHERE session = ?1 AND "offset" >= ?2
                    AND "offset" < (SELECT max("offset") FROM events WHERE session = ?1)
                    """
            ).execute(arguments: [session, from])
            try database.cachedStatement(
                sql: """
                    UPDATE events SET id = NULL, source = NULL, kind = NULL, trace_id = NULL, data = NULL,
                    metadata = NULL, revision = 0 WHERE session = ? AND "offset" >= ?
                    """
            ).execute(arguments: [session, from])
            try database.cachedStatement(sql: "DELETE FROM open_turns WHERE session = ? AND cause >= ?")
                .execute(arguments: [session, from])
        }
    }

    /// The last event that was ever in the session's log.
    private static func end(of id: SessionID, _ known: LogEnds, _ database: Database) throws -> LogEnds.End {
        if let end = known.end(of: id) { return end }
        let statement = try database.cachedStatement(
            sql: "SELECT \"offset\", created_at FROM events WHERE session = ? ORDER BY \"offset\" DESC LIMIT 1")
        if let row = try Row.fetchOne(statement, arguments: [StoredText.encode(id)]) {
            return LogEnds.End(
                offset: try Int(column: row.decode(atIndex: 0)),
                createdAt: try Timestamp(column: row.decode(atIndex: 1)))
        }
        guard try exists(id, database) else { throw StoreError.notFound("session", id) }
        return .none
    }

    private static func find(_ event: EventID, of id: SessionID, _ database: Database) throws -> Event {
        let found = try events(
            database, "session = ? AND id = ?", [StoredText.encode(id), StoredText.encode(event)])
        if let event = found.first { return event }
        guard try exists(id, database) else { throw StoreError.notFound("session", id) }
        throw StoreError.notFound("event", event)
    }

    private static func events(
        _ database: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [Event] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT id, source, kind, "offset", created_at, trace_id, data, metadata, revision FROM events
                WHERE \(condition)
                """)
        var events: [Event] = []
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        while let row = try rows.next() { events.append(try Event(row)) }
        return events
    }
}

extension Event {
    /// Reads a row of ``SQLiteSessionStore``.
    init(_ row: Row) throws {
        let id = EventID(StoredText.decode(try row.decode(atIndex: 0)))
        guard let source = Source(rawValue: try row.decode(atIndex: 1)),
            let kind = Kind(rawValue: try row.decode(atIndex: 2))
        else {
            throw StoredFormError("the stored event '\(id)' has a source or a kind that this program does not know")
        }
        let metadata: String? = try row.decode(atIndex: 7)
        self.init(
            id: id, source: source, kind: kind, offset: try Int(column: row.decode(atIndex: 3)),
            createdAt: try Timestamp(column: row.decode(atIndex: 4)),
            traceID: TraceID(StoredText.decode(try row.decode(atIndex: 5))),
            data: try Self.json(try row.decode(atIndex: 6), of: id),
            metadata: try metadata.map { try Self.json($0, of: id).object ?? [:] } ?? [:],
            revision: try Int(column: row.decode(atIndex: 8)))
    }

    private static func json(_ text: String, of id: EventID) throws -> JSONValue {
        do {
            return try JSONParser.parse(text.utf8)
        } catch {
            throw StoredFormError("the stored event '\(id)' is no JSON: \(error)")
        }
    }
}

extension JSONValue {
    /// JSON as the text of a column.
    static func text(of value: JSONValue) -> String { String(decoding: JSONWriter.bytes(of: value), as: UTF8.self) }
}
