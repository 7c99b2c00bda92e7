import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantMongo

@Suite(
    "What the entries of a scope come to",
    .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)))
struct ScopeTotalsTests {
    @Test("is right after a deletion beside which the entry was changed")
    func deletion() async throws {
        let database = try MongoDatabase(
            MongoServer.shared.get().address(), clock: SystemTimeSource(), ids: RandomIDGenerator())
        let keyValues = MongoKeyValueStore(database)
        let scope = KeyValueScope.session("s")
        func find() async throws -> StoredEntry? { try await database.run { try StoredEntry.find("k", scope, $0) } }
        try await keyValues.set("k", to: "short", in: scope, lifetime: nil)
        let read = try #require(try await find())
        try await keyValues.set("k", to: .string(String(repeating: "long", count: 100)), in: scope, lifetime: nil)
        // So that what is given back is what it takes now.
        #expect(try await database.run { try read.delete($0) } == false)
        #expect(try await find() != nil)
        try await keyValues.delete("k", in: scope)
        #expect(try await find() == nil)
        let totals = try await database.run { try $0.first(Collections.scopes, [:]) }
        #expect(totals?["entries"]?.integer == 0)
        #expect(totals?["bytes"]?.integer == 0)
        await database.close()
    }
}
