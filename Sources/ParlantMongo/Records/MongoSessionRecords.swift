import ParlantCore
import ParlantStores

extension MongoSessionStore: RecordStore {
    func recordCount() async throws -> Int { try await database.run { try $0.count(Collections.sessions, [:]) } }

    /// - Complexity: O(limit), a round trip for each.
    func records(after last: SessionRecord?, limit: Int) async throws -> [SessionRecord] {
        let cursor = last.map { PageCursor(createdAt: $0.session.createdAt, id: $0.session.id.rawValue) }
        return try await database.run { connection in
            try Self.sessions.batch(after: cursor, limit: limit, connection).map { session in
                let end = try EventLog.end(of: session.id, connection)
                return SessionRecord(session, end: end.map { .init(offset: $0.offset, moment: $0.moment) })
            }
        }
    }

    func restore(_ records: [SessionRecord]) async throws {
        try await database.run { connection in
            try Self.sessions.put(records.map { ($0.session, $0.session.id.rawValue) }, connection)
            let places = records.compactMap { record in
                record.end.map { MongoEventRecords.place(of: record.session.id, $0) }
            }
            guard !places.isEmpty else { return }
            try connection.write(["update": .string(Collections.events), "updates": .array(places)])
        }
        for record in records { log.forget(record.session.id) }
    }

    /// Removes the events too, and the open turns.
    func removeAllRecords() async throws {
        let sessions = try await database.run { connection in
            try connection.find(Collections.sessions, [:], fields: ["_id": 1]).compactMap { $0["_id"]?.string }
        }
        try await database.removeAll([
            Collections.sessions, Collections.events, Collections.openTurns, Collections.removals, Collections.leases,
        ])
        for session in sessions { log.forget(SessionID(session)) }
    }
}

/// The events of all sessions in MongoDB, by session and offset.
struct MongoEventRecords: RecordStore {
    private static let present: BSONDocument = ["_deleted": ["$exists": false]]

    private let database: MongoDatabase

    init(_ database: MongoDatabase) { self.database = database }

    func recordCount() async throws -> Int {
        try await database.run { try $0.count(Collections.events, Self.present) }
    }

    /// Two questions, each of which an index answers: the rest of a session, and the sessions after it.
    func records(after last: EventRecord?, limit: Int) async throws -> [EventRecord] {
        var rest = Self.present
        var others = Self.present
        if let last {
            rest["_session"] = .string(last.session.rawValue)
            rest["_offset"] = ["$gt": .integer(Int64(last.event.offset))]
            others["_session"] = ["$gt": .string(last.session.rawValue)]
        }
        return try await database.run { [rest, others] connection in
            let sort: BSONDocument = ["_session": 1, "_offset": 1]
            var found: [BSONDocument] = []
            if last != nil { found = try connection.find(Collections.events, rest, sort: sort, limit: limit) }
            if found.count < limit {
                found += try connection.find(Collections.events, others, sort: sort, limit: limit - found.count)
            }
            return try found.map { document in
                EventRecord(try StoredDocument(document).item, of: SessionID(document["_session"]?.string ?? ""))
            }
        }
    }

    func restore(_ records: [EventRecord]) async throws {
        guard !records.isEmpty else { return }
        try await database.run { connection in
            let places = records.map { record -> BSONValue in
                var place = Self.place(record.session, record.event.offset)
                place["_deleted"] = true
                return ["q": .document(place), "limit": 1]
            }
            try connection.write(["delete": .string(Collections.events), "deletes": .array(places)])
            try connection.put(
                records.map {
                    EventLog.fields(StoredDocument($0.event, call: StoredDocument<Event>.restored), $0.session)
                }, into: Collections.events)
        }
    }

    /// Sessions stay, and the ends of their logs go.
    func removeAllRecords() async throws { try await database.removeAll([Collections.events]) }

    /// The statement that makes the end of a log an empty place, unless there is something in it.
    static func place(of session: SessionID, _ end: SessionRecord.End) -> BSONValue {
        [
            "q": .document(place(session, end.offset)),
            "u": [
                "$setOnInsert": [
                    "_id": .string(CompoundKey.text(session.rawValue, "\(end.offset)")), "_rev": 0,
                    "_call": .string(StoredDocument<Event>.restored), "_deleted": true,
                    "_created": .integer(end.moment.microseconds),
                ]
            ], "upsert": true,
        ]
    }

    private static func place(_ session: SessionID, _ offset: Int) -> BSONDocument {
        ["_session": .string(session.rawValue), "_offset": .integer(Int64(offset))]
    }
}
