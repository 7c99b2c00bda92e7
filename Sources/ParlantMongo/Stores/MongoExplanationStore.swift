import ParlantCore
import ParlantStores
import Synchronization

/// Explanations of turns in MongoDB. They go with their sessions and not before.
final class MongoExplanationStore: ExplanationStore {
    let database: MongoDatabase
    /// When the last one was saved, made to grow with each: the order of saving.
    private let latest = Mutex(Int64.min)

    init(_ database: MongoDatabase) { self.database = database }

    func save(_ explanation: Explanation) async throws {
        let document = document(explanation)
        _ = try await database.run { connection in
            try connection.update(
                Collections.explanations, ["_id": document["_id"] ?? .null], .document(document), upsert: true)
        }
    }

    /// The document of one that is saved now.
    func document(_ explanation: Explanation) -> BSONDocument {
        let now = database.clock.now.microseconds
        let moment = latest.withLock { latest in
            latest = max(now, latest == .min ? now : latest + 1)
            return latest
        }
        return StoredDocument(explanation, call: "").fields(
            Self.id(explanation.traceID, explanation.session),
            ["_session": .string(explanation.session.rawValue), "_saved": .integer(moment)])
    }

    func find(_ traceID: TraceID, of session: SessionID) async throws -> Explanation? {
        let id = Self.id(traceID, session)
        return try await database.run { connection in
            try connection.first(Collections.explanations, ["_id": id]).map { try StoredDocument($0).item }
        }
    }

    func traces(of session: SessionID) async throws -> [TraceID] {
        try await database.run { connection in
            try connection.find(
                Collections.explanations, ["_session": .string(session.rawValue)], sort: ["_saved": 1, "_id": 1],
                fields: ["trace_id": 1]
            ).compactMap { $0["trace_id"]?.string.map { TraceID($0) } }
        }
    }

    func deleteAll(of session: SessionID) async throws {
        _ = try await database.run { connection in
            try connection.delete(
                Collections.explanations, ["_session": .string(session.rawValue)], many: true)
        }
    }

    static func id(_ trace: TraceID, _ session: SessionID) -> BSONValue {
        .string(CompoundKey.text(session.rawValue, trace.rawValue))
    }
}
