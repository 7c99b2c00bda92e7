import ParlantCore

/// Names of the collections, and the indexes that every question of the stores is answered from.
enum Collections {
    static let customers = "customers"
    static let tags = "tags"
    static let sessions = "sessions"
    static let events = "events"
    /// Sessions whose events are being removed.
    static let removals = "removals"
    /// Turns that were asked for without an event.
    static let openTurns = "open_turns"
    /// Who runs the turns of which session.
    static let leases = "leases"
    static let entries = "entries"
    /// What the entries of one session, customer or agent come to.
    static let scopes = "scopes"
    static let explanations = "explanations"
    /// The latest moment of creation in each collection, and of the first start.
    static let moments = "moments"

    /// One index.
    struct Index: Sendable {
        var collection: String
        var keys: BSONDocument
        var isUnique = false
        /// Whether documents without the first key are left out of it.
        var isSparse = false

        /// What MongoDB itself would call it.
        var name: String {
            keys.map { "\($0.key)_\($0.value.integer ?? 1)" }.joined(separator: "_")
        }
    }

    private static let created: BSONDocument = ["_created": 1, "_id": 1]

    /// Everything that is made at start, if it is not there.
    static func indexes(entities: [String]) -> [Index] {
        var indexes: [Index] = []
        func add(_ collection: String, _ first: String?...) {
            for first in first {
                var keys: BSONDocument = [:]
                if let first { keys[first] = 1 }
                for (key, value) in created { keys[key] = value }
                indexes.append(Index(collection: collection, keys: keys))
            }
        }
        add(customers, nil, "_tags", "_metadata")
        // By change with a filter MongoDB sorts what the filter's index finds: an index of each member by change would be
        // written anew, member by member, with every change.
        indexes.append(Index(collection: customers, keys: ["_updated": 1, "_id": 1]))
        add(tags, nil)
        indexes.append(Index(collection: tags, keys: ["name": 1], isUnique: true))
        add(sessions, nil, "agent", "customer", "labels")
        indexes.append(Index(collection: events, keys: ["_session": 1, "_offset": 1], isUnique: true))
        indexes.append(Index(collection: events, keys: ["_session": 1, "_trace": 1, "_offset": 1]))
        for collection in [events, openTurns] {
            indexes.append(Index(collection: collection, keys: [OpenTurns.moment: 1], isSparse: true))
        }
        indexes.append(Index(collection: openTurns, keys: ["_session": 1]))
        indexes.append(Index(collection: entries, keys: ["_scope": 1, "_end": 1]))
        indexes.append(Index(collection: entries, keys: ["_end": 1]))
        indexes.append(Index(collection: explanations, keys: ["_session": 1]))
        indexes.append(Index(collection: explanations, keys: ["_saved": 1, "_id": 1]))
        for entity in entities { add(entity, nil, "_tags") }
        return indexes
    }

    /// Whether the database has any of our collections.
    static func areThere(_ connection: MongoConnection) throws -> Bool {
        let ours = Set(indexes(entities: MongoEntities.collections).map(\.collection)).union([moments])
        let named: BSONValue = ["name": ["$in": .array(ours.sorted().map { .string($0) })]]
        let reply = try connection.read(["listCollections": 1, "filter": named, "nameOnly": true])
        return reply["cursor"]?.document?["firstBatch"]?.array?.isEmpty == false
    }

    /// Makes the indexes. Those that are there cost one round trip per collection.
    static func ensure(_ indexes: [Index], _ connection: MongoConnection) throws {
        for (collection, indexes) in Dictionary(grouping: indexes, by: \.collection).sorted(by: { $0.key < $1.key }) {
            let definitions = indexes.map { index -> BSONValue in
                var definition: BSONDocument = ["key": .document(index.keys), "name": .string(index.name)]
                if index.isUnique { definition["unique"] = true }
                if index.isSparse { definition["sparse"] = true }
                return .document(definition)
            }
            try connection.write(["createIndexes": .string(collection), "indexes": .array(definitions)])
        }
    }
}
