import OrderedCollections
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantMongo

@Suite(
    "A store in a database", .serialized,
    .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)))
struct PresenceTests {
    private let clock = ManualClock()
    private let ids = RandomIDGenerator()

    @Test("is there once it was opened, whatever else is in the database, and asking makes nothing")
    func presence() async throws {
        let address = try MongoServer.shared.get().address()
        let database = try MongoDatabase(address, clock: clock, ids: ids)
        func collections() async throws -> [String] {
            try await database.run { connection in
                let reply = try connection.read(["listCollections": 1, "nameOnly": true])
                return (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap {
                    $0.document?["name"]?.string
                }
            }
        }
        #expect(try await !MongoStores.isThere(address, clock: clock, ids: ids))
        #expect(try await collections() == [])
        try await database.run { try $0.insert(["_id": "another program's"], into: "invoices") }
        #expect(try await !MongoStores.isThere(address, clock: clock, ids: ids))
        #expect(try await collections() == ["invoices"])
        try await MongoStores(address, clock: clock, ids: ids).close()
        #expect(try await MongoStores.isThere(address, clock: clock, ids: ids))
        await database.close()
    }
}
