import ParlantCore
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantMongo

@Suite(
    "Questions for what other nodes changed",
    .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)))
struct ChangeTailTests {
    /// A node that asks, and another one that appends, by the same clock.
    private struct Nodes {
        let clock = ManualClock()
        let session: SessionID
        private let reader: MongoDatabase
        private let writer: MongoDatabase
        private let sessions: MongoSessionStore
        private var tail: ChangeTail

        init() async throws {
            let address = try MongoServer.shared.get().address()
            reader = try MongoDatabase(address, clock: clock, ids: RandomIDGenerator())
            writer = try MongoDatabase(address, clock: clock, ids: RandomIDGenerator())
            sessions = MongoSessionStore(writer)
            session = try await sessions.create(SessionDraft(agentID: "a")).id
            let (tail, now) = (ChangeTail(address: address, node: reader.node), clock.now)
            self.tail = try await reader.run { connection in
                var tail = tail
                try tail.prepare(now, connection)
                return tail
            }
        }

        /// What is told of the event that is appended now.
        func append() async throws -> RemoteChange {
            var event = try await sessions.append(
                EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"]), to: session)
            event.data = .null
            return .appended(event, session)
        }

        mutating func ask(isWaiting: Bool = true) async throws -> [RemoteChange] {
            let now = clock.now
            let (tail, changes) = try await reader.run { [tail] connection in
                var tail = tail
                let changes = try tail.changes(now, isWaiting: isWaiting, connection)
                return (tail, changes)
            }
            self.tail = tail
            return changes
        }

        func close() async {
            await reader.close()
            await writer.close()
        }
    }

    @Test("that come late bring what happened since those before them, and bring it once")
    func late() async throws {
        var nodes = try await Nodes()
        #expect(try await nodes.ask() == [])
        nodes.clock.advance(by: .seconds(3))
        let first = try await nodes.append()
        nodes.clock.advance(by: .seconds(7))
        #expect(try await nodes.ask() == [first])
        nodes.clock.advance(by: .milliseconds(250))
        let second = try await nodes.append()
        #expect(try await nodes.ask() == [second])
        nodes.clock.advance(by: .seconds(10))
        #expect(try await nodes.ask() == [])
        await nodes.close()
    }

    @Test("bring with the first of them what happened since the feed began")
    func first() async throws {
        var nodes = try await Nodes()
        nodes.clock.advance(by: .seconds(1))
        let change = try await nodes.append()
        nodes.clock.advance(by: .seconds(7))
        #expect(try await nodes.ask() == [change])
        await nodes.close()
    }

    @Test("find an event by when the attempt began that stored it, however long one before took to break off")
    func attempts() async throws {
        let server = try MongoServer()
        let address = try server.address()
        let clock = SlowClock()
        let database = try MongoDatabase(address, clock: clock, ids: RandomIDGenerator())
        let sessions = MongoSessionStore(database)
        let session = try await sessions.create(SessionDraft(agentID: "a")).id
        try await server.breakConnection(at: "insert")
        let before = clock.now
        let event = try await sessions.append(
            EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"]), to: session)
        let document = try await database.run { try $0.first(Collections.events, ["_id": .string(event.id.rawValue)]) }
        let moment = try #require(document?[NodeMark.moment]?.integer)
        #expect(Timestamp(microseconds: moment) == before.advanced(by: SlowClock.step * 2))
        await database.close()
    }

    @Test("leave out what happened while nobody waited")
    func idle() async throws {
        var nodes = try await Nodes()
        _ = try await nodes.append()
        nodes.clock.advance(by: .seconds(10))
        #expect(try await nodes.ask(isWaiting: false) == [])
        #expect(try await nodes.ask() == [])
        await nodes.close()
    }
}

/// A clock on which every call takes long: each reading is ten seconds after the one before.
private final class SlowClock: TimeSource {
    static let step = Duration.seconds(10)

    private let latest = Mutex(Timestamp(microseconds: 0))

    var now: Timestamp {
        latest.withLock { latest in
            latest = latest.advanced(by: Self.step)
            return latest
        }
    }

    var uptime: Duration { .zero }

    func sleep(for duration: Duration) async throws {}
}
