import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantMongo

@Suite(
    "A number in a document that this program never writes",
    .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)))
struct DocumentNumberTests {
    private typealias Call = @Sendable (Stores, SessionID) async throws -> Void

    private static let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"])

    private static let edits: [(collection: String, field: String, call: Call)] = [
        (Collections.events, "_offset", { _ = try await $0.sessions.append(draft, to: $1) }),
        (Collections.events, "_created", { _ = try await $0.sessions.append(draft, to: $1) }),
        (Collections.events, "_rev", { _ = try await $0.sessions.events(of: $1, matching: .init()) }),
        (Collections.events, "revision", { _ = try await $0.sessions.events(of: $1, matching: .init()) }),
        (
            Collections.entries, "_bytes",
            { stores, _ in _ = try await stores.keyValues.increment("n", by: 1, in: .agent("a")) }
        ),
        (Collections.entries, "_end", { stores, _ in _ = try await stores.keyValues.entries(in: .agent("a")) }),
    ]

    @Test("is said to be damage, and everything else goes on", arguments: edits.indices)
    func damage(_ index: Int) async throws {
        let (collection, field, call) = Self.edits[index]
        let address = try MongoServer.shared.get().address()
        let first = try await MongoStores(address, clock: SystemTimeSource(), ids: RandomIDGenerator())
        let session = try await first.stores.sessions.create(SessionDraft(agentID: "a")).id
        _ = try await first.stores.sessions.append(Self.draft, to: session)
        try await first.stores.keyValues.set("n", to: 1, in: .agent("a"), lifetime: .seconds(60))
        try await first.close()
        let database = try MongoDatabase(address, clock: SystemTimeSource(), ids: RandomIDGenerator())
        _ = try await database.run { connection in
            try connection.update(collection, [:], ["$set": .document([field: .integer(.max)])], many: true)
        }
        await database.close()
        let again = try await MongoStores(address, clock: SystemTimeSource(), ids: RandomIDGenerator())
        let error = await #expect(throws: StoreError.self) { try await call(again.stores, session) }
        #expect(error?.code == .damaged)
        let other = try await again.stores.sessions.create(SessionDraft(agentID: "a")).id
        #expect(try await again.stores.sessions.append(Self.draft, to: other).offset == 0)
        try await again.stores.keyValues.set("n", to: 1, in: .agent("b"), lifetime: nil)
        try await again.close()
    }
}
