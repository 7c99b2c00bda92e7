import ParlantCore
import ParlantStores

extension MongoKeyValueStore: RecordStore {
    func recordCount() async throws -> Int { try await database.run { try $0.count(Collections.entries, [:]) } }

    func records(after last: KeyValueEntry?, limit: Int) async throws -> [KeyValueEntry] {
        let filter: BSONDocument = last.map { ["_id": ["$gt": .string(StoredEntry.id($0.key, $0.scope))]] } ?? [:]
        return try await database.run { connection in
            try connection.find(Collections.entries, filter, sort: ["_id": 1], limit: limit)
                .map { try StoredEntry($0).entry }
        }
    }

    func restore(_ records: [KeyValueEntry]) async throws {
        try await database.run { connection in
            let documents = records.map { entry in
                StoredEntry(
                    key: entry.key, scope: entry.scope, value: entry.value,
                    bytes: entry.key.utf8.count + JSONWriter.bytes(of: entry.value).count, end: entry.endsAt,
                    call: "restored"
                ).document
            }
            try connection.put(documents, into: Collections.entries)
            for scope in Set(records.map(\.scope.text)) { try ScopeTotals.recount(scope, connection) }
        }
    }

    func removeAllRecords() async throws { try await database.removeAll([Collections.entries, Collections.scopes]) }
}

extension MongoExplanationStore: RecordStore {
    func recordCount() async throws -> Int { try await database.run { try $0.count(Collections.explanations, [:]) } }

    func records(after last: Explanation?, limit: Int) async throws -> [Explanation] {
        let last = last.map { Self.id($0.traceID, $0.session) }
        return try await database.run { connection in
            var filter: BSONDocument = [:]
            if let last {
                let document = try connection.first(Collections.explanations, ["_id": last], fields: ["_saved": 1])
                let saved = document?["_saved"] ?? .null
                filter["$or"] = [["_saved": ["$gt": saved]], ["_saved": saved, "_id": ["$gt": last]]]
            }
            return try connection.find(
                Collections.explanations, filter, sort: ["_saved": 1, "_id": 1], limit: limit
            ).map { try StoredDocument($0).item }
        }
    }

    func restore(_ records: [Explanation]) async throws {
        let documents = records.map(document)
        try await database.run { try $0.put(documents, into: Collections.explanations) }
    }

    func removeAllRecords() async throws { try await database.removeAll([Collections.explanations]) }
}
