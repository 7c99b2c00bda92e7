import ParlantCore
import ParlantStores

/// Sessions in MongoDB. Their events are in ``EventLog``.
///
/// A session is removed before its events, and what is left to remove is written down before that, so that a crash in
/// between leaves nothing behind.
final class MongoSessionStore: SessionStore {
    static let sessions = DocumentCollection<Session>(
        name: Collections.sessions, marks: { _ in [:] }, createdAt: \.createdAt)

    let database: MongoDatabase
    let log: EventLog

    init(_ database: MongoDatabase) {
        self.database = database
        log = EventLog(database)
    }

    // MARK: Sessions

    func create(_ draft: SessionDraft) async throws -> Session {
        let (id, now) = (SessionID(database.ids.entityID()), database.clock.now)
        return try await database.run { connection in
            let session = Session(
                id: id, agentID: draft.agentID, customerID: draft.customerID,
                createdAt: try CreationMoments.next(Collections.sessions, now, connection), title: draft.title,
                metadata: draft.metadata, labels: draft.labels)
            // The id is new, so it tells this call from others.
            guard let kept = try Self.sessions.insert(session, id.rawValue, call: id.rawValue, connection) else {
                throw StoreError.alreadyExists("session", id)
            }
            return kept
        }
    }

    func read(_ id: SessionID) async throws -> Session {
        try await database.run { connection in
            guard let session = try Self.sessions.find(id.rawValue, connection)?.item else {
                throw StoreError.notFound("session", id)
            }
            return session
        }
    }

    func list(_ query: SessionQuery) async throws -> Page<Session> {
        try await database.run { connection in
            try Self.sessions.page(query.filter, query.page, connection) {
                PageCursor(createdAt: $0.createdAt, id: $0.id.rawValue)
            }
        }
    }

    func update(_ id: SessionID, _ change: SessionChange) async throws -> Session {
        let call = database.ids.entityID()
        return try await database.change(id.rawValue, in: Collections.sessions) { connection in
            let session = try Self.sessions.update(id.rawValue, call: call, connection) { try change.apply(to: &$0) }
            guard let session else { throw StoreError.notFound("session", id) }
            return session
        }
    }

    func delete(_ id: SessionID) async throws {
        let mark = RemovalMark(call: database.ids.entityID(), session: id.rawValue)
        let wasThere = try await database.run { connection in
            try mark.put(connection)
            let wasThere = try Self.sessions.delete(id.rawValue, connection)
            try Self.finish(mark, connection)
            return wasThere
        }
        log.forget(id)
        guard wasThere else { throw StoreError.notFound("session", id) }
    }

    /// Finishes what a crash or an outage interrupted: removes the events of sessions that are gone.
    ///
    /// A session that is still there stays: whoever wanted it removed was told that it was not, and it may have been
    /// used since. Its mark stays too, because another node may be just about to remove it, and would leave its events
    /// behind if it then crashed. The mark costs one look at each start and goes when the session does.
    static func finishRemovals(_ connection: MongoConnection) throws {
        for mark in try RemovalMark.all(connection) {
            if try !sessions.contains(mark.session, connection) { try finish(mark, connection) }
        }
    }

    private static func finish(_ mark: RemovalMark, _ connection: MongoConnection) throws {
        try connection.delete(Collections.events, ["_session": .string(mark.session)], many: true)
        try OpenTurns.removeAll(of: mark.session, connection)
        try mark.takeBack(connection)
    }

    // MARK: Events

    func append(_ draft: EventDraft, to id: SessionID, _ mark: TurnMark?) async throws -> Event {
        let event = try await log.append(draft, to: id, opensTurn: mark == .opens)
        if mark == .closes { try await close(event.traceID, of: id) }
        return event
    }

    func events(of id: SessionID, matching query: EventQuery) async throws -> [Event] {
        try await log.events(of: id, matching: query)
    }

    func event(_ event: EventID, of id: SessionID) async throws -> Event { try await log.event(event, of: id) }

    func update(_ event: EventID, of id: SessionID, _ change: EventChange) async throws -> Event {
        try await log.update(event, of: id, change)
    }

    func deleteEvents(of id: SessionID, from minOffset: Int) async throws {
        try await log.deleteEvents(of: id, from: minOffset)
    }

    // MARK: Open turns

    func open(_ turn: OpenTurn) async throws {
        try await database.run { try OpenTurns.open(turn, $0) }
    }

    func update(_ turn: OpenTurn, under lease: TurnLease?) async throws {
        try await database.run { try OpenTurns.update(turn, under: lease, $0) }
    }

    func close(_ traceID: TraceID, of id: SessionID) async throws {
        try await database.run { try OpenTurns.close(traceID, of: id, $0) }
    }

    func openTurns(of id: SessionID?) async throws -> [OpenTurn] {
        try await database.run { try OpenTurns.list(of: id, $0) }
    }
}

extension SessionQuery {
    fileprivate var filter: BSONDocument {
        var filter: BSONDocument = [:]
        if let agentID { filter["agent"] = .string(agentID.rawValue) }
        if let customerID { filter["customer"] = .string(customerID.rawValue) }
        for label in labels { filter.require("labels", .string(label)) }
        return filter
    }
}
