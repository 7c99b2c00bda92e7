import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantMongo

@Suite(
    "An attempt that was done but not acknowledged, with others in between",
    .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)))
struct RepetitionTests {
    private let now = Timestamp(microseconds: 1_000_000)

    /// Runs calls on a database that nobody has used: a name for the second time is that call's second attempt.
    private func run<Value: Sendable>(
        _ calls: [String], _ body: @escaping @Sendable (_ call: String, MongoConnection) throws -> Value
    ) async throws -> [Value] {
        let database = try MongoDatabase(
            MongoServer.shared.get().address(), clock: SystemTimeSource(), ids: RandomIDGenerator())
        let values = try await database.run { connection in
            var known: Set<String> = []
            return try calls.map { call in
                var connection = connection
                connection.attempt = known.insert(call).inserted ? 0 : 1
                return try body(call, connection)
            }
        }
        await database.close()
        return values
    }

    @Test("counts once, and is told the count that it has made")
    func increments() async throws {
        let counts = try await run(["a", "b", "a", "b", "c"]) { [now] call, connection in
            try MongoKeyValueStore.change("k", in: .session("s"), call, now, .init(), connection) { old in
                guard case .integer(let number) = old?.value ?? 0 else { return nil }
                return (.integer(number + 1), nil)
            }
        }
        #expect(counts == [1, 2, 1, 2, 3])
    }

    @Test("has added its entry, also when another has changed it since")
    func additions() async throws {
        let added = try await run(["a", "b", "a", "c"]) { [now] call, connection in
            try MongoKeyValueStore.change("k", in: .session("s"), call, now, .init(), connection) { old in
                // The second one sets it, whatever is there.
                old == nil || call == "b" ? (.string(call), nil) : nil
            } != nil
        }
        #expect(added == [true, true, true, false])
    }

    @Test("does not undo what another has changed since")
    func changes() async throws {
        let customers = DocumentCollection<Customer>(name: "customers", marks: { _ in [:] }, createdAt: \.createdAt)
        let names = try await run(["made", "a", "b", "a", "made", "other"]) { [now] call, connection in
            if call == "made" || call == "other" {
                return try customers.insert(
                    Customer(id: "c", createdAt: now, name: "N"), "c", call: call, connection)?.name
            }
            return try customers.update("c", call: call, connection) { $0.name = call }?.name
        }
        #expect(names == ["N", "a", "b", "b", "b", nil])
    }

    @Test(
        "whose event was deleted since is told so, and the log goes on behind its place", .timeLimit(.minutes(1)))
    func deletions() async throws {
        let database = try MongoDatabase(
            MongoServer.shared.get().address(), clock: SystemTimeSource(), ids: RandomIDGenerator())
        let sessions = MongoSessionStore(database)
        let session = try await sessions.create(SessionDraft(agentID: "a")).id
        let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"])
        let mark = NodeMark(node: database.node, now: now)
        @Sendable func append(_ id: EventID, attempt: Int) async throws -> Event {
            try await database.run { connection in
                var connection = connection
                connection.attempt = attempt
                return try EventLog.append(draft, id, to: session, opensTurn: false, mark, nil, connection)
            }
        }
        let event = try await append("e", attempt: 0)
        #expect(try await append("e", attempt: 1) == event)
        try await sessions.deleteEvents(of: session, from: 0)
        let error = await #expect(throws: StoreError.self) { try await append("e", attempt: 1) }
        #expect(error?.code == .notFound)
        #expect(error?.message == "there is no event 'e'")
        let next = try await sessions.append(draft, to: session)
        #expect(next.offset == 1)
        #expect(try await sessions.events(of: session, matching: .init()) == [next])
        await database.close()
    }

    @Test("is known for the last eight changes, and documents do not grow with more")
    func limit() async throws {
        let customers = DocumentCollection<Customer>(name: "customers", marks: { _ in [:] }, createdAt: \.createdAt)
        let calls = (0..<30).map { "\($0)" }
        let kept = try await run(["made"] + calls) { [now] call, connection in
            if call == "made" {
                _ = try customers.insert(Customer(id: "c", createdAt: now, name: "N"), "c", call: call, connection)
            }
            _ = try customers.update("c", call: call, connection) { $0.name = call }
            let fields = try connection.first(Collections.customers, ["_id": "c"])
            return fields?[EarlierCalls.field]?.array?.count ?? 0
        }
        #expect(kept == [0] + Array(1...8) + Array(repeating: 8, count: 22))
    }
}
