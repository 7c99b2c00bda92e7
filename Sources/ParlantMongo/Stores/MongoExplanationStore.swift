import ParlantCore
import ParlantStores

/// Explanations of turns in MongoDB. They go with their sessions and not before.
final class MongoExplanationStore: ExplanationStore {
    private let database: MongoDatabase

    init(_ database: MongoDatabase) { self.database = database }

    func save(_ explanation: Explanation) async throws {
        let id = Self.id(explanation.traceID, explanation.session)
        let document = StoredDocument(explanation, call: "").fields(
            id, ["_session": .string(explanation.session.rawValue)])
        _ = try await database.run { connection in
            try connection.update(Collections.explanations, ["_id": id], .document(document), upsert: true)
        }
    }

    func find(_ traceID: TraceID, of session: SessionID) async throws -> Explanation? {
        let id = Self.id(traceID, session)
        return try await database.run { connection in
            try connection.first(Collections.explanations, ["_id": id]).map { try StoredDocument($0).item }
        }
    }

    func deleteAll(of session: SessionID) async throws {
        _ = try await database.run { connection in
            try connection.delete(
                Collections.explanations, ["_session": .string(session.rawValue)], many: true)
        }
    }

    private static func id(_ trace: TraceID, _ session: SessionID) -> BSONValue {
        .string(CompoundKey.text(session.rawValue, trace.rawValue))
    }
}
