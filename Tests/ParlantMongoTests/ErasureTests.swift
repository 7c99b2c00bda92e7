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

    @Test("is in no event of a session whose removal broke off before the erasure was asked for again")
    func brokenOff() async throws {
        let address = try MongoServer.shared.get().address()
        let backend = try await MongoStores(address, clock: ManualClock(), ids: RandomIDGenerator())
        let database = try MongoDatabase(address, clock: ManualClock(), ids: RandomIDGenerator())
        let sessions = backend.stores.sessions
        let session = try await sessions.create(SessionDraft(agentID: "a", customerID: "c")).id
        _ = try await sessions.append(
            EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "secret"]), to: session)
        // MongoDB went away after the session, and the one who asked got an error.
        try await database.run { connection in
            try RemovalMark(call: "call", session: session.rawValue).put(connection)
            try connection.delete(Collections.sessions, ["_id": .string(session.rawValue)])
        }
        let erasure = CustomerErasure(backend.stores) { try await backend.scrub() }
        #expect(try await erasure.erase("c").sessions == 0)
        #expect(try await Self.collections(with: "secret", database) == [])
        #expect(try await database.run { try RemovalMark.all($0) } == [])
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
