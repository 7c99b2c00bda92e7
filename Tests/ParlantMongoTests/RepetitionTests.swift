import ParlantCore
import ParlantTesting
import Synchronization
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

    /// A session in a database that nobody has used, and attempts to append an event to it.
    private struct Log {
        let database: MongoDatabase
        let sessions: MongoSessionStore
        let session: SessionID
        var draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"])

        init() async throws {
            database = try MongoDatabase(
                MongoServer.shared.get().address(), clock: SystemTimeSource(), ids: RandomIDGenerator())
            sessions = MongoSessionStore(database)
            session = try await sessions.create(SessionDraft(agentID: "a")).id
        }

        func append(attempt: Int) async throws -> Event {
            let mark = NodeMark(node: database.node, now: database.clock.now)
            return try await database.run { [draft, session] connection in
                var connection = connection
                connection.attempt = attempt
                return try EventLog.append(draft, "e", to: session, opensTurn: false, mark, nil, connection)
            }
        }
    }

    @Test(
        "whose event was deleted since is told so, and the log goes on behind its place", .timeLimit(.minutes(1)))
    func deletions() async throws {
        let log = try await Log()
        let event = try await log.append(attempt: 0)
        #expect(try await log.append(attempt: 1) == event)
        try await log.sessions.deleteEvents(of: log.session, from: 0)
        let error = await #expect(throws: StoreError.self) { try await log.append(attempt: 1) }
        #expect(error?.code == .notFound)
        #expect(error?.message == "there is no event 'e'")
        let next = try await log.sessions.append(log.draft, to: log.session)
        #expect(next.offset == 1)
        #expect(try await log.sessions.events(of: log.session, matching: .init()) == [next])
        await log.database.close()
    }

    @Test("whose session was removed since leaves no event behind")
    func removals() async throws {
        let log = try await Log()
        _ = try await log.append(attempt: 0)
        // Whoever removed it had removed its events just before this one came.
        let session = log.session.rawValue
        _ = try await log.database.run { try $0.delete(Collections.sessions, ["_id": .string(session)]) }
        let error = await #expect(throws: StoreError.self) { try await log.append(attempt: 1) }
        #expect(error?.message == "there is no session '\(session)'")
        #expect(try await log.database.run { try $0.count(Collections.events, [:]) } == 0)
        await log.database.close()
    }

    @Test("whose lease was lost since has its event nevertheless")
    func leases() async throws {
        var log = try await Log()
        let leases = MongoTurnLeases(log.database, duration: .seconds(60))
        let lease = try #require(try await leases.take(log.session))
        log.draft.lease = lease
        let event = try await log.append(attempt: 0)
        _ = try await leases.release(lease)
        #expect(try await log.append(attempt: 1) == event)
        await log.database.close()
    }

    @Test("and deleted events takes nothing that was appended since")
    func laterEvents() async throws {
        let server = try MongoServer()
        let address = try server.address()
        let clock = WorkingClock()
        let database = try MongoDatabase(address, clock: clock, ids: RandomIDGenerator())
        let sessions = MongoSessionStore(database)
        let session = try await sessions.create(SessionDraft(agentID: "a")).id
        let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"])
        _ = try await sessions.append(draft, to: session)
        try await server.withholdMajority(from: "update", times: 1)
        // Both attempts ask for the time; another node appends while the second does.
        clock.work([
            {},
            { [now] in
                let mark = NodeMark(node: "other", now: now)
                let other = try? SingleClient(address)
                _ = try? other.map {
                    try EventLog.append(draft, "later", to: session, opensTurn: false, mark, nil, $0.connection)
                }
            },
        ])
        try await sessions.deleteEvents(of: session, from: 0)
        let left = try await sessions.events(of: session, matching: .init())
        #expect(left.map(\.id) == ["later"])
        #expect(left.map(\.offset) == [1])
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

/// The system's clock, at whose readings something is done.
private final class WorkingClock: TimeSource {
    private let pieces = Mutex<[@Sendable () -> Void]>([])
    private let clock = SystemTimeSource()

    /// Does a piece of work at each of the next readings.
    func work(_ pieces: [@Sendable () -> Void]) { self.pieces.withLock { $0 = pieces } }

    var now: Timestamp {
        pieces.withLock { $0.isEmpty ? nil : $0.removeFirst() }?()
        return clock.now
    }

    var uptime: Duration { clock.uptime }

    func sleep(for duration: Duration) async throws { try await clock.sleep(for: duration) }
}
