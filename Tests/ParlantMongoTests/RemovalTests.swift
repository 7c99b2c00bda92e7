import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantMongo

@Suite(
    "Removals of sessions from MongoDB",
    .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)))
struct RemovalTests {
    private static let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"])

    private func open(_ address: MongoAddress) async throws -> MongoStores {
        try await MongoStores(address, clock: SystemTimeSource(), ids: RandomIDGenerator())
    }

    /// Looks at the database itself.
    private func inside<Value: Sendable>(
        _ address: MongoAddress, _ body: @escaping @Sendable (MongoConnection) throws -> Value
    ) async throws -> Value {
        let database = try MongoDatabase(address, clock: SystemTimeSource(), ids: RandomIDGenerator())
        let value = try await database.run(body)
        await database.close()
        return value
    }

    @Test(
        "that failed are not carried out at the next start: the session and what came since are there",
        arguments: ["call", nil])
    func failed(_ call: String?) async throws {
        let address = try MongoServer.shared.get().address()
        let first = try await open(address)
        let session = try await first.stores.sessions.create(SessionDraft(agentID: "a")).id
        // A mark of an earlier build has the session's id.
        let mark = RemovalMark(call: call ?? session.rawValue, session: session.rawValue)
        try await inside(address) { try mark.put($0) }
        let event = try await first.stores.sessions.append(Self.draft, to: session)
        let second = try await open(address)
        #expect(try await second.stores.sessions.read(session).id == session)
        #expect(try await second.stores.sessions.events(of: session, matching: .init()) == [event])
        #expect(try await inside(address) { try RemovalMark.all($0) } == [mark])
        try await second.stores.sessions.delete(session)
        try await open(address).close()
        #expect(try await inside(address) { try RemovalMark.all($0) } == [])
        try await first.close()
        try await second.close()
    }

    @Test("that a crash interrupted are finished at the next start")
    func interrupted() async throws {
        let address = try MongoServer.shared.get().address()
        let first = try await open(address)
        let session = try await first.stores.sessions.create(SessionDraft(agentID: "a")).id
        _ = try await first.stores.sessions.append(Self.draft, to: session)
        try await inside(address) { connection in
            try connection.update(
                Collections.removals, ["_id": .string(session.rawValue)], ["$set": ["begun": true]], upsert: true)
            try connection.delete(Collections.sessions, ["_id": .string(session.rawValue)])
        }
        try await open(address).close()
        let left = try await inside(address) { connection in
            try [Collections.events, Collections.removals].map { try connection.count($0, [:]) }
        }
        #expect(left == [0, 0])
        try await first.close()
    }

    @Test("beside which a turn is opened take it with them")
    func openTurn() async throws {
        let address = try MongoServer.shared.get().address()
        let backend = try await open(address)
        let sessions = backend.stores.sessions
        let session = try await sessions.create(SessionDraft(agentID: "a")).id
        func turn(_ trace: TraceID) -> OpenTurn {
            OpenTurn(session: session, traceID: trace, openedAt: Timestamp(microseconds: 1))
        }
        let turns = [turn("t1"), turn("t2")]
        try await sessions.open(turns[0])
        #expect(try await sessions.openTurns(of: nil) == [turns[0]])
        try await sessions.delete(session)
        // As it is when the session was there a moment before.
        let error = await #expect(throws: StoreError.self) {
            try await inside(address) { try OpenTurns.open(turns[1], $0) }
        }
        #expect(error?.code == .notFound)
        #expect(try await sessions.openTurns(of: nil) == [])
        try await backend.close()
    }
}
