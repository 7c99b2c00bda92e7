import GRDB
import ParlantCore
import ParlantStores

/// Sessions in a SQLite file. Their events are in `SQLiteSessionStore+Events.swift`.
struct SQLiteSessionStore: SessionStore {
    let file: StoreFile
    let ids: any IDGenerator
    let clock: any TimeSource
    let moments: CreationMoments
    let cache = EntityCache<Session>()

    init(_ file: StoreFile, _ moments: CreationMoments, _ ids: any IDGenerator, _ clock: any TimeSource) {
        self.file = file
        self.moments = moments
        self.ids = ids
        self.clock = clock
    }

    func create(_ draft: SessionDraft) async throws -> Session {
        let id = SessionID(ids.entityID())
        return try await file.write { [moments] database in
            guard try !Self.exists(id, database) else { throw StoreError.alreadyExists("session", id) }
            let session = Session(
                id: id, agentID: draft.agentID, customerID: draft.customerID,
                createdAt: try moments.next(database, "sessions"), title: draft.title, metadata: draft.metadata,
                labels: draft.labels)
            try Self.insert(session, database)
            return session
        } committed: { [cache] in
            cache.wrote($0, for: $0.id)
        }
    }

    /// - Complexity: O(1) for a session that was used lately.
    func read(_ id: SessionID) async throws -> Session {
        if !file.isClosed, let session = cache.find(id) { return session }
        let mark = cache.mark
        let session = try await file.read { try Self.find(id, $0) }
        cache.keep(session, for: id, since: mark)
        return session
    }

    func list(_ query: SessionQuery) async throws -> Page<Session> {
        let list = Self.list(query)
        let rows = try await file.read { database in
            try list.page(database, after: query.page.cursor, query.page.direction, limit: query.page.limit)
        }
        return Page(try file.decode(rows.forms), total: rows.total) {
            PageCursor(createdAt: $0.createdAt, id: $0.id.rawValue)
        }
    }

    func update(_ id: SessionID, _ change: SessionChange) async throws -> Session {
        try await file.write { database in
            let before = try Self.find(id, database)
            var session = before
            try change.apply(to: &session)
            try database.cachedStatement(sql: "UPDATE sessions SET agent = ?, customer = ?, form = ? WHERE id = ?")
                .execute(arguments: [
                    StoredText.encode(session.agentID), StoredText.encode(session.customerID), session.storedText,
                    StoredText.encode(id),
                ])
            for label in before.labels.subtracting(session.labels) { try Self.filter(label).delete(session, database) }
            for label in session.labels.subtracting(before.labels) { try Self.filter(label).insert(session, database) }
            return session
        } committed: { [cache] in
            cache.wrote($0, for: $0.id)
        }
    }

    func delete(_ id: SessionID) async throws {
        try await file.write { database in
            try remove(try Self.find(id, database), database)
        } committed: { [cache] in
            cache.removed([id])
        }
    }

    static func insert(_ session: Session, _ database: Database) throws {
        try database.cachedStatement(
            sql: "INSERT INTO sessions (id, created_at, agent, customer, form) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [
            StoredText.encode(session.id), session.createdAt.microseconds, StoredText.encode(session.agentID),
            StoredText.encode(session.customerID), session.storedText,
        ])
        for label in session.labels { try filter(label).insert(session, database) }
    }

    static func exists(_ id: SessionID, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT 1 FROM sessions WHERE id = ?")
        return try Int.fetchOne(statement, arguments: [StoredText.encode(id)]) != nil
    }

    private static func find(_ id: SessionID, _ database: Database) throws -> Session {
        guard let session = try kept(id, database) else { throw StoreError.notFound("session", id) }
        return session
    }

    static func kept(_ id: SessionID, _ database: Database) throws -> Session? {
        let statement = try database.cachedStatement(sql: "SELECT form FROM sessions WHERE id = ?")
        let form = try String.fetchOne(statement, arguments: [StoredText.encode(id)])
        return try form.map { try Session(storedBytes: $0.utf8) }
    }

    private func remove(_ session: Session, _ database: Database) throws {
        for table in ["events", "open_turns"] {
            try database.cachedStatement(sql: "DELETE FROM \(table) WHERE session = ?")
                .execute(arguments: [StoredText.encode(session.id)])
        }
        try Self.removeRow(session, database)
        file.logEnds.forget(session.id)
    }

    /// Removes the session and leaves its events.
    static func removeRow(_ session: Session, _ database: Database) throws {
        for label in session.labels { try filter(label).delete(session, database) }
        try database.cachedStatement(sql: "DELETE FROM sessions WHERE id = ?")
            .execute(arguments: [StoredText.encode(session.id)])
    }

    private static func list(_ query: SessionQuery) -> CreationList {
        var columns: [(String, String)] = []
        if let agent = query.agentID { columns.append(("agent", StoredText.encode(agent))) }
        if let customer = query.customerID { columns.append(("customer", StoredText.encode(customer))) }
        return CreationList(table: "sessions", columns: columns, filters: query.labels.map(filter))
    }

    private static func filter(_ label: String) -> CreationList.Filter {
        .init(table: "session_labels", values: [("label", StoredText.encode(label))])
    }
}

extension CreationList.Filter {
    fileprivate func insert(_ session: Session, _ database: Database) throws {
        try insert(session.createdAt, StoredText.encode(session.id), database)
    }

    fileprivate func delete(_ session: Session, _ database: Database) throws {
        try delete(session.createdAt, StoredText.encode(session.id), database)
    }
}
