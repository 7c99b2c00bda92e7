import OrderedCollections
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantMongo

@Suite(
    "A customer who was erased from MongoDB", .serialized,
    .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)))
struct MongoErasureTests {
    @Test("is in no document of any collection", arguments: ErasureConformance.checks)
    func erasure(_ check: ConformanceCheck<ErasureConformance.Subject>) async throws {
        let address = try MongoServer.shared.get().address()
        let backend = try await MongoStores(address, clock: ManualClock(), ids: RandomIDGenerator())
        let database = try MongoDatabase(address, clock: ManualClock(), ids: RandomIDGenerator())
        try await check.run(.init(backend, crowd: 3) { text in try await Self.collections(with: text, database) })
        await database.close()
        try await backend.close()
    }

    /// Collections that have the text somewhere in a document.
    private static func collections(with text: String, _ database: MongoDatabase) async throws -> [String] {
        try await database.run { connection in
            let reply = try connection.read(["listCollections": 1, "nameOnly": true])
            let names = (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap {
                $0.document?["name"]?.string
            }
            return try names.filter { name in
                try connection.find(name, [:]).contains { "\($0)".contains(text) }
            }
        }
    }
}
