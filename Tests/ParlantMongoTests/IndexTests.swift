import OrderedCollections
import ParlantCore
import Testing

@testable import ParlantMongo

@Suite("The indexes", .serialized, .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)))
struct IndexTests {
    private static let created: BSONDocument = ["_created": 1, "_id": 1]
    private static let offset: BSONDocument = ["_offset": 1]

    /// Every question that the API asks, as collection, filter and order.
    private static let questions: [(String, BSONDocument, BSONDocument)] = [
        ("customers", ["_tags": "t"], created),
        ("customers", ["_metadata": CanonicalJSON.member("plan", "gold")], created),
        ("tags", ["name": "vip"], created), ("sessions", ["agent": "a"], created),
        ("sessions", ["customer": "c"], created), ("sessions", ["labels": "l"], created),
        ("guidelines", ["_tags": ["$in": ["t"]]], created),
        ("events", ["_session": "s", "_offset": ["$gte": 3]], offset),
        ("events", ["_session": "s", "_trace": "t", "_offset": ["$gte": 0]], offset),
        ("entries", ["_scope": "session:s"], [:]), ("entries", ["_end": ["$lte": 7]], [:]),
        ("explanations", ["_session": "s"], [:]),
    ]

    @Test("answer every question of the API", arguments: questions.indices)
    func answered(_ index: Int) async throws {
        let (collection, filter, sort) = Self.questions[index]
        let address = try MongoServer.shared.get().address()
        let backend = try await MongoStores(address, clock: SystemTimeSource(), ids: RandomIDGenerator())
        let database = try MongoDatabase(address, clock: SystemTimeSource(), ids: RandomIDGenerator())
        let plan = try await database.run { connection in
            let question: BSONValue = [
                "find": .string(collection), "filter": .document(filter), "sort": .document(sort),
            ]
            return "\(try connection.read(["explain": question, "verbosity": "queryPlanner"]))"
        }
        #expect(plan.contains("IXSCAN"), "\(collection) by \(filter): \(plan)")
        #expect(!plan.contains("COLLSCAN"), "\(collection) by \(filter)")
        await database.close()
        try await backend.close()
    }
}
