import GRDB
import ParlantCore
import ParlantStores

/// The turns that were asked for and have not ended.
extension SQLiteSessionStore {
    func open(_ turn: OpenTurn) async throws {
        try await file.write { database in
            guard try Self.exists(turn.session, database) else { throw StoreError.notFound("session", turn.session) }
            try Self.open(turn, database)
        }
    }

    func update(_ turn: OpenTurn, under lease: TurnLease?) async throws {
        try await file.write { database in
            let key: StatementArguments = [StoredText.encode(turn.session), StoredText.encode(turn.traceID)]
            let statement = try database.cachedStatement(
                sql: "SELECT * FROM open_turns WHERE session = ? AND trace_id = ?")
            guard let row = try Row.fetchOne(statement, arguments: key) else {
                throw StoreError.notFound("turn", turn.traceID)
            }
            var kept = try OpenTurn(row)
            (kept.attempts, kept.calls) = (turn.attempts, turn.calls)
            try database.cachedStatement(sql: "UPDATE open_turns SET form = ? WHERE session = ? AND trace_id = ?")
                .execute(arguments: [kept.storedText] + key)
        }
    }

    func close(_ traceID: TraceID, of id: SessionID) async throws {
        try await file.write { try Self.close(traceID, of: id, $0) }
    }

    /// - Complexity: O(open turns).
    func openTurns(of id: SessionID?) async throws -> [OpenTurn] {
        let turns = try await file.read { database in
            let condition = id == nil ? "" : " WHERE session = ?"
            let statement = try database.cachedStatement(sql: "SELECT * FROM open_turns" + condition)
            let arguments: StatementArguments = id.map { [StoredText.encode($0)] } ?? []
            return try Row.fetchAll(statement, arguments: arguments).map { try OpenTurn($0) }
        }
        return turns.sorted(by: OpenTurn.isOpenedBefore)
    }

    /// Opens a turn of a session that is there.
    static func open(_ turn: OpenTurn, _ database: Database) throws {
        let hasMore = turn.attempts > 0 || !turn.calls.isEmpty
        try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO open_turns (session, trace_id, cause, opened_at, form) VALUES (?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            StoredText.encode(turn.session), StoredText.encode(turn.traceID), turn.causeOffset,
            turn.openedAt.microseconds, hasMore ? turn.storedText : nil,
        ])
    }

    static func close(_ traceID: TraceID, of id: SessionID, _ database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM open_turns WHERE session = ? AND trace_id = ?")
            .execute(arguments: [StoredText.encode(id), StoredText.encode(traceID)])
    }
}

extension OpenTurn {
    fileprivate init(_ row: Row) throws {
        if let form = try row.decode(String?.self, forColumn: "form") {
            self = try OpenTurn(storedBytes: form.utf8)
        } else {
            let cause: Int64? = try row.decode(forColumn: "cause")
            self.init(
                session: SessionID(StoredText.decode(try row.decode(forColumn: "session"))),
                traceID: TraceID(StoredText.decode(try row.decode(forColumn: "trace_id"))),
                causeOffset: try cause.map(Int.init(column:)),
                openedAt: try Timestamp(column: row.decode(forColumn: "opened_at")))
        }
    }
}
