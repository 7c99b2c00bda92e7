import OrderedCollections
import ParlantCore

/// Leases as documents, one per session whose turn runs: who has it, its number, and when it ends by the server's clock.
final class MongoTurnLeases: TurnLeases {
    let duration: Duration
    private let database: MongoDatabase

    init(_ database: MongoDatabase, duration: Duration) {
        self.database = database
        self.duration = duration
    }

    func take(_ session: SessionID) async throws -> TurnLease? {
        // Tells this call from others: what an attempt before this one took is taken.
        let number = database.ids.entityID()
        let (node, milliseconds) = (database.node, milliseconds)
        let document = try await database.run { connection in
            try connection.upsert(
                Collections.leases, ["_id": .string(session.rawValue)], Self.taking(number, node, milliseconds))
        }
        return document["number"]?.string == number ? TurnLease(session: session, number: number) : nil
    }

    func renew(_ leases: [TurnLease]) async throws -> LeaseRenewal {
        guard !leases.isEmpty else { return LeaseRenewal() }
        let filter = Self.filter(leases)
        let end = Self.end(in: milliseconds)
        return try await database.run { connection in
            try connection.update(Collections.leases, filter, [["$set": ["end": end]]], many: true)
            let present = try connection.find(Collections.leases, filter, fields: ["number": 1, Self.recalled: 1])
            let kept = Set(present.compactMap { $0["number"]?.string })
            let wanted = Set(present.compactMap { $0[Self.recalled]?.string })
            return LeaseRenewal(
                lost: leases.filter { !kept.contains($0.number) },
                recalled: leases.filter { kept.contains($0.number) && wanted.contains($0.number) })
        }
    }

    func recall(_ session: SessionID) async throws -> Duration? {
        let filter: BSONDocument = ["_id": .string(session.rawValue), "node": ["$ne": .string(database.node.rawValue)]]
        return try await database.run { connection in
            guard let left = try Self.left(of: filter, atMost: 1, connection)[session] else { return nil }
            try connection.update(Collections.leases, filter, [["$set": [Self.recalled: "$number"]]])
            return left
        }
    }

    func release(_ lease: TurnLease) async throws -> Bool {
        try await database.run { connection in
            let reply = try connection.write([
                "findAndModify": .string(Collections.leases), "query": .document(Self.filter([lease])), "remove": true,
            ])
            // An attempt before this one may have read what nobody will read again.
            guard let document = reply["value"]?.document else { return connection.attempt > 0 }
            return document["wanted"] == .boolean(true)
        }
    }

    func held(among sessions: [SessionID]) async throws -> [SessionID: Duration] {
        guard !sessions.isEmpty else { return [:] }
        let filter: BSONDocument = ["_id": ["$in": .array(sessions.map { .string($0.rawValue) })]]
        return try await database.run { try Self.left(of: filter, atMost: sessions.count, $0) }
    }

    /// What is left of leases that have not ended.
    private static func left(
        of filter: BSONDocument, atMost count: Int, _ connection: MongoConnection
    ) throws -> [SessionID: Duration] {
        let reply = try connection.read([
            "aggregate": .string(Collections.leases),
            "pipeline": [
                ["$match": .document(filter)], ["$project": ["left": ["$subtract": ["$end", now]]]],
                ["$match": ["left": ["$gt": 0]]],
            ], "cursor": ["batchSize": .integer(Int64(count) + 1)],
        ])
        let found = reply["cursor"]?.document?["firstBatch"]?.array ?? []
        return Dictionary(
            found.compactMap(\.document).compactMap { document in
                guard let id = document["_id"]?.string, let left = document["left"]?.integer else { return nil }
                return (SessionID(id), .milliseconds(left))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Refuses what is written under a lease that is not held any more.
    static func require(_ lease: TurnLease?, _ connection: MongoConnection) throws {
        guard let lease else { return }
        let found = try connection.first(Collections.leases, filter([lease]), fields: ["_id": 1])
        if found == nil { throw StoreError.leaseLost(lease.session) }
    }

    /// The field with the number of the lease whose turns somebody wants to end: whoever takes it next has another.
    private static let recalled = "recalled"

    private var milliseconds: Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    /// Milliseconds since 1970 by the server's clock. A number, which every server compares alike.
    private static let now: BSONValue = ["$toLong": "$$NOW"]

    private static func end(in milliseconds: Int64) -> BSONValue { ["$add": [now, .integer(milliseconds)]] }

    /// By session and number, so that the index of the sessions serves.
    private static func filter(_ leases: [TurnLease]) -> BSONDocument {
        [
            "_id": ["$in": .array(leases.map { .string($0.session.rawValue) })],
            "number": ["$in": .array(leases.map { .string($0.number) })],
        ]
    }

    /// Takes a lease that has ended, that there is none of, or that this node had before; else notes that it is wanted.
    private static func taking(_ number: String, _ node: NodeID, _ milliseconds: Int64) -> BSONValue {
        func unlessHeld(_ field: String, _ value: BSONValue) -> BSONValue {
            ["$cond": ["$free", value, .string("$\(field)")]]
        }
        return [
            [
                "$set": [
                    "free": [
                        "$or": [
                            ["$lte": [["$ifNull": ["$end", 0]], now]], ["$eq": ["$node", .string(node.rawValue)]],
                        ]
                    ]
                ]
            ],
            [
                "$set": [
                    "number": unlessHeld("number", .string(number)),
                    "node": unlessHeld("node", .string(node.rawValue)), "end": unlessHeld("end", end(in: milliseconds)),
                    "wanted": ["$not": ["$free"]],
                ]
            ],
            ["$unset": "free"],
        ]
    }
}
