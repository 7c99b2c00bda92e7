import ParlantCore
import ParlantStores

/// Turns that were asked for and have not ended. What an event asks for is a field of the event, so both are stored at
/// once; what nobody's event asks for is in a collection of its own.
///
/// All methods block, and may be run again after an attempt that broke off.
enum OpenTurns {
    /// The field of an event, and of the documents of the collection.
    static let field = "_turn"

    /// The field's value.
    static func value(_ turn: OpenTurn) -> BSONValue { BSONValue(.object(turn.storedForm)) }

    /// A session that was removed meanwhile takes the turn with it: whoever removes it removes it before its turns, so a
    /// turn that comes later finds no session here. Nobody else would ever close it.
    ///
    /// - Throws: ``StoreError`` `notFound`.
    static func open(_ turn: OpenTurn, _ connection: MongoConnection) throws {
        let id = id(turn.traceID, turn.session)
        do {
            try connection.insert(
                [
                    "_id": .string(id), "_session": .string(turn.session.rawValue), field: value(turn),
                ], into: Collections.openTurns)
        } catch let error as MongoError where error.code == .duplicateKey {
            // It is open already, perhaps by an attempt before this one.
        }
        guard try MongoSessionStore.sessions.contains(turn.session.rawValue, connection) else {
            try connection.delete(Collections.openTurns, ["_id": .string(id)])
            throw StoreError.notFound("session", turn.session)
        }
    }

    static func update(_ turn: OpenTurn, under lease: TurnLease?, _ connection: MongoConnection) throws {
        for (collection, filter) in places(turn.traceID, turn.session) {
            while let document = try connection.first(collection, filter) {
                // After the reading: a node that takes over afterwards writes a new revision, which is not replaced.
                try MongoTurnLeases.require(lease, connection)
                var kept = try OpenTurn(document)
                (kept.attempts, kept.calls) = (turn.attempts, turn.calls)
                var present = filter
                present["_rev"] = document["_rev"] ?? .null
                // What an event holds is written as a whole by others: the revision tells them of the change.
                let change: BSONValue = ["$set": [field: value(kept)], "$inc": ["_rev": 1]]
                guard try connection.update(collection, present, change) == 1 else { continue }
                // After the writing: a node that takes over from now on finds it.
                return try MongoTurnLeases.require(lease, connection)
            }
        }
        throw StoreError.notFound("turn", turn.traceID)
    }

    static func close(_ traceID: TraceID, of session: SessionID, _ connection: MongoConnection) throws {
        for (collection, filter) in places(traceID, session) {
            if collection == Collections.openTurns {
                try connection.delete(collection, filter)
            } else if try connection.update(
                collection, filter, ["$unset": [field: .string("")], "$inc": ["_rev": 1]]) == 1
            {
                return
            }
        }
    }

    static func list(of session: SessionID?, _ connection: MongoConnection) throws -> [OpenTurn] {
        var filter: BSONDocument = [moment: ["$exists": true]]
        if let session { filter["_session"] = .string(session.rawValue) }
        return try [Collections.events, Collections.openTurns]
            .flatMap { try connection.find($0, filter).map { try OpenTurn($0) } }
            .sorted(by: OpenTurn.isOpenedBefore)
    }

    /// Removes those of a session that is gone.
    static func removeAll(of session: String, _ connection: MongoConnection) throws {
        try connection.delete(Collections.openTurns, ["_session": .string(session)], many: true)
    }

    /// What they are found by.
    static let moment = "\(field).opened_at"

    private static func id(_ traceID: TraceID, _ session: SessionID) -> String {
        "\(session.rawValue)\u{1F}\(traceID.rawValue)"
    }

    private static func places(_ traceID: TraceID, _ session: SessionID) -> [(String, BSONDocument)] {
        [
            (
                Collections.events,
                [
                    "_session": .string(session.rawValue), "_trace": .string(traceID.rawValue),
                    moment: ["$exists": true],
                ]
            ), (Collections.openTurns, ["_id": .string(id(traceID, session))]),
        ]
    }
}

extension OpenTurn {
    /// Reads it from the document that holds it.
    fileprivate init(_ document: BSONDocument) throws {
        guard let form = document[OpenTurns.field]?.document?.json else {
            let id = document["_id"]?.string ?? "?"
            throw StoreError(
                .damaged, entity: "turn", id: id, message: "the open turn of '\(id)' holds a value that is no JSON")
        }
        self = try OpenTurn(storedForm: form)
    }
}
