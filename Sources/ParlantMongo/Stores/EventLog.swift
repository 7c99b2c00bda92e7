import ParlantCore
import ParlantStores

/// The events of sessions in MongoDB.
///
/// An event's offset is one more than that of the last event in the collection, and a unique index refuses it when
/// another node was quicker; then the next one is tried. So offsets are dense at every moment, also after a crash: there
/// is no counter that could run ahead of the events. Deleted events stay as empty places.
///
/// One node appends to one session one event after the other, because only one of many at once could succeed.
final class EventLog: Sendable {
    private let database: MongoDatabase
    /// Nil where acknowledged events may be lost: the log would go on behind an end that is gone.
    private let ends: LogEnds?
    private let appends = KeyedMutex<SessionID>()

    init(_ database: MongoDatabase) {
        self.database = database
        ends = database.address.isDurable ? LogEnds() : nil
    }

    func append(_ draft: EventDraft, to session: SessionID, opensTurn: Bool) async throws -> Event {
        let id = EventID(database.ids.entityID())
        return try await appends.exclusively(session) { [ends] in
            let known = ends?.end(of: session)
            do {
                let event = try await database.run { [self] connection in
                    try Self.append(draft, id, to: session, opensTurn: opensTurn, mark, known, connection)
                }
                ends?.set(LogEnd(offset: event.offset, moment: event.createdAt), of: session)
                return event
            } catch {
                ends?.set(nil, of: session)
                throw error
            }
        }
    }

    static func append(
        _ draft: EventDraft, _ id: EventID, to session: SessionID, opensTurn: Bool, _ mark: NodeMark,
        _ known: LogEnd?, _ connection: MongoConnection
    ) throws -> Event {
        // Before anything is asked for that was there when an earlier attempt stored the event, and may be gone since.
        if connection.attempt > 0, let event = try appended(id, to: session, connection) { return event }
        var end = known
        if end == nil {
            try requireSession(session, connection)
            end = try self.end(of: session, connection)
        }
        try MongoTurnLeases.require(draft.lease, connection)
        while true {
            let offset = end.map { $0.offset + 1 } ?? 0
            guard StoredCount.range.contains(offset) else { throw StoreError.noRoom(session, after: offset) }
            let event = Event(
                id: id, source: draft.source, kind: draft.kind, offset: offset,
                createdAt: max(mark.now, end?.moment ?? mark.now), traceID: draft.traceID, data: draft.data,
                metadata: draft.metadata)
            do {
                var fields = fields(StoredDocument(event, call: id.rawValue), session, mark)
                if opensTurn { fields[OpenTurns.field] = OpenTurns.value(OpenTurn(asking: event, in: session)) }
                try connection.insert(fields, into: Collections.events)
                try requireStill(session, event, connection)
                return event
            } catch let error as MongoError where error.code == .duplicateKey {
                if let event = try appended(id, to: session, connection) { return event }
                end = try self.end(of: session, connection)
            }
        }
    }

    /// What an attempt before this one, which broke off, has appended; nil when it has not.
    ///
    /// - Throws: ``StoreError`` `notFound` when it was deleted since, or its session was; `alreadyExists` when the id
    ///   is that of another session's event.
    private static func appended(
        _ id: EventID, to session: SessionID, _ connection: MongoConnection
    ) throws -> Event? {
        guard let present = try connection.first(Collections.events, ["_id": .string(id.rawValue)]) else { return nil }
        guard present["_session"]?.string == session.rawValue else { throw StoreError.alreadyExists("event", id) }
        // The id of a deleted event is never free again.
        guard present[NodeMark.deleted] == nil else { throw StoreError.notFound("event", id) }
        let event = try StoredDocument<Event>(present).item
        try requireStill(session, event, connection)
        return try connection.confirm(id.rawValue, of: id.rawValue, in: Collections.events) ? event : nil
    }

    func events(of session: SessionID, matching query: EventQuery) async throws -> [Event] {
        var filter: BSONDocument = [
            "_session": .string(session.rawValue), "_offset": ["$gte": .integer(Int64(query.minOffset))],
            NodeMark.deleted: ["$exists": false],
        ]
        if !query.kinds.isEmpty {
            filter["kind"] = ["$in": .array(query.kinds.map { .string($0.rawValue) })]
        }
        if let source = query.source { filter["source"] = .string(source.rawValue) }
        if let trace = query.traceID { filter["_trace"] = .string(trace.rawValue) }
        return try await database.run { [filter] connection in
            let documents = try connection.find(
                Collections.events, filter, sort: ["_offset": query.takesLast ? -1 : 1], limit: query.limit)
            try Self.requireSession(session, connection)
            let events: [Event] = try documents.map { try StoredDocument($0).item }
            return query.takesLast ? events.reversed() : events
        }
    }

    func event(_ id: EventID, of session: SessionID) async throws -> Event {
        try await database.run { connection in
            guard let document = try connection.first(Collections.events, Self.filter(id, session)) else {
                try Self.requireSession(session, connection)
                throw StoreError.notFound("event", id)
            }
            try Self.requireSession(session, connection)
            return try StoredDocument(document).item
        }
    }

    func update(_ id: EventID, of session: SessionID, _ change: EventChange) async throws -> Event {
        let call = database.ids.entityID()
        return try await database.change(id.rawValue, in: Collections.events) { [self] connection in
            try Self.requireSession(session, connection)
            while true {
                guard let found = try connection.first(Collections.events, Self.filter(id, session)) else {
                    throw StoreError.notFound("event", id)
                }
                var document = try StoredDocument<Event>(found)
                if document.isWritten(by: call) {
                    if try connection.confirm(call, of: id.rawValue, in: Collections.events) { return document.item }
                    continue
                }
                var filter = Self.filter(id, session)
                filter["_rev"] = .integer(document.revision)
                change.apply(to: &document.item)
                document.revision += 1
                document.write(by: call)
                var fields = Self.fields(document, session, mark)
                if let turn = found[OpenTurns.field] { fields[OpenTurns.field] = turn }
                if try connection.update(Collections.events, filter, .document(fields)) == 1 { return document.item }
            }
        }
    }

    func deleteEvents(of session: SessionID, from minOffset: Int) async throws {
        let end = try await database.run { connection in
            try Self.requireSession(session, connection)
            return try Self.end(of: session, connection)
        }
        guard let end else { return }
        // No further than to what is there now: an attempt that was done but not acknowledged is repeated, and must not
        // take what was appended since.
        let offsets: BSONValue = ["$gte": .integer(Int64(minOffset)), "$lte": .integer(Int64(end.offset))]
        try await database.run { [self] connection in
            // The place stays, its content goes.
            let content = [
                "source", "kind", "created_at", "trace_id", "data", "metadata", "_trace", "id", "version",
                OpenTurns.field,
            ]
            let nothing = BSONDocument(uniqueKeysWithValues: content.map { ($0, BSONValue.string("")) })
            try connection.update(
                Collections.events,
                [
                    "_session": .string(session.rawValue), "_offset": offsets, NodeMark.deleted: ["$exists": false],
                ],
                ["$set": .document(mark.deletion(of: session)), "$inc": ["_rev": 1], "$unset": .document(nothing)],
                many: true)
        }
    }

    /// Forgets what is known of a session that is gone.
    func forget(_ session: SessionID) { ends?.set(nil, of: session) }

    // MARK: Documents

    /// What this node writes into events now. For each attempt anew: a node that asks for changes would not find an
    /// event whose moment is that of an attempt which took its time to break off, or of a wait for a connection.
    private var mark: NodeMark { NodeMark(node: database.node, now: database.clock.now) }

    /// The last place of a session that was ever used; nil when none was.
    ///
    /// - Throws: ``StoreError`` `damaged` for numbers that this program never writes.
    static func end(of session: SessionID, _ connection: MongoConnection) throws -> LogEnd? {
        let last = try connection.first(
            Collections.events, ["_session": .string(session.rawValue)], sort: ["_offset": -1],
            fields: ["_offset": 1, "_created": 1])
        guard let offset = last?["_offset"]?.integer, let moment = last?["_created"]?.integer else { return nil }
        guard let offset = StoredCount.exactly(offset), let moment = Timestamp(exactly: moment) else {
            throw StoreError(
                .damaged, entity: "session", id: session.rawValue,
                message: "the end of the events of the session '\(session)' cannot be read")
        }
        return LogEnd(offset: offset, moment: moment)
    }

    private static func requireSession(_ session: SessionID, _ connection: MongoConnection) throws {
        let found = try connection.first(
            Collections.sessions, ["_id": .string(session.rawValue)], fields: ["_id": 1])
        if found == nil { throw StoreError.notFound("session", session) }
    }

    /// A session that was removed beside an append takes the event with it: whoever removes it removes it before its
    /// events, so an event that comes later finds no session here.
    private static func requireStill(
        _ session: SessionID, _ event: Event, _ connection: MongoConnection
    ) throws {
        do {
            try requireSession(session, connection)
        } catch let error as StoreError where error.code == .notFound {
            try connection.delete(Collections.events, ["_id": .string(event.id.rawValue)])
            throw error
        }
    }

    private static func filter(_ id: EventID, _ session: SessionID) -> BSONDocument {
        [
            "_id": .string(id.rawValue), "_session": .string(session.rawValue), NodeMark.deleted: ["$exists": false],
        ]
    }

    /// The document of an event.
    ///
    /// - Parameter mark: What tells other nodes of it; nil while nobody else uses the database.
    static func fields(
        _ document: StoredDocument<Event>, _ session: SessionID, _ mark: NodeMark? = nil
    ) -> BSONDocument {
        let event = document.item
        var marks: BSONDocument = [
            "_session": .string(session.rawValue), "_offset": .integer(Int64(event.offset)),
            "_trace": .string(event.traceID.rawValue), "_created": .integer(event.createdAt.microseconds),
        ]
        marks.merge(mark?.fields ?? [:]) { _, new in new }
        return document.fields(.string(event.id.rawValue), marks)
    }
}
