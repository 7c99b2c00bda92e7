import Foundation
import ParlantCore
import ParlantMongo
import ParlantTesting
import Synchronization
import Testing

@Suite(
    "What other nodes change", .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)),
    .timeLimit(.minutes(3)))
struct ChangeFeedTests {
    private let clock = SystemTimeSource()

    private func open(_ address: MongoAddress) async throws -> MongoStores {
        try await MongoStores(address, clock: clock, ids: RandomIDGenerator())
    }

    /// Does what a node does to events, and collects what the other one is told.
    private func tell(on server: MongoServer) async throws {
        let address = try server.address()
        let (writer, reader) = try await (open(address), open(address))
        let heard = Heard()
        try #require(reader.stores.node).feed.follow(heard)
        #expect(await heard.next() == .anything)

        let sessions = writer.stores.sessions
        let session = try await sessions.create(SessionDraft(agentID: "a")).id
        let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"])
        // What the reader's node does is no news to it.
        _ = try await reader.stores.sessions.append(draft, to: session)
        let event = try await sessions.append(draft, to: session, .opens)
        var outline = event
        outline.data = .null
        #expect(await heard.nextOfEvents() == .appended(outline, session))
        #expect(await heard.nextOfEvents() == .asked("t", session))
        _ = try await sessions.update(
            event.id, of: session, EventChange(metadata: MetadataChange(set: ["read": true])))
        #expect(
            await heard.nextOfEvents { $0 != .appended(outline, session) && $0 != .asked("t", session) }
                == .updated(event.id, session))
        try await sessions.deleteEvents(of: session, from: 1)
        #expect(await heard.next { $0 == .truncated(session) } == .truncated(session))
        try await writer.close()
        try await reader.close()
    }

    @Test("is told as it happens: appended, asked for, changed, deleted")
    func changes() async throws { try await tell(on: MongoServer.shared.get()) }

    @Test("is told by a server without change streams, too")
    func tail() async throws { try await tell(on: MongoServer("--standalone")) }

    @Test("about sessions and entities is told: which are gone, and of which kind something changed")
    func entities() async throws {
        let address = try MongoServer.shared.get().address()
        let (writer, reader) = try await (open(address), open(address))
        let heard = Heard()
        try #require(reader.stores.node).feed.follow(heard)
        #expect(await heard.next() == .anything)
        let session = try await writer.stores.sessions.create(SessionDraft(agentID: "a")).id
        _ = try await writer.stores.sessions.update(session, SessionChange(title: "T"))
        try await writer.stores.sessions.delete(session)
        #expect(await heard.next() == .deleted(session))
        let term = Term(id: "t", name: "N", description: "D")
        try await writer.stores.entities.terms.create(term)
        try await writer.stores.entities.terms.update("t") { $0.description = "E" }
        try await writer.stores.entities.terms.delete("t")
        for _ in 0..<3 { #expect(await heard.next() == .entities(.terms)) }
        try await writer.close()
        try await reader.close()
    }

    @Test("is told after the database was away, beginning with what may have been missed")
    func outage() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "parlant-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try MongoServer("--sync", data: folder)
        let address = try server.address(options: "?serverSelectionTimeoutMS=1000&socketTimeoutMS=3000")
        let (writer, reader) = try await (open(address), open(address))
        let heard = Heard()
        try #require(reader.stores.node).feed.follow(heard)
        #expect(await heard.next() == .anything)
        let session = try await writer.stores.sessions.create(SessionDraft(agentID: "a")).id
        server.kill()
        let again = try MongoServer("--sync", data: folder, port: server.port)
        let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"])
        let event = try await writer.stores.sessions.append(draft, to: session)
        // By the stream that goes on, or because anything may have changed.
        let news = await heard.next { news in
            if case .appended(let appended, session) = news { appended.id == event.id } else { news == .anything }
        }
        #expect(news != nil)
        #expect(reader.health?.place.contains("127.0.0.1") == true)
        try await writer.close()
        try await reader.close()
        _ = again
    }
}

/// Keeps what it is told, in order.
private final class Heard: ChangeFollower {
    private let stream: AsyncStream<RemoteChange>
    private let continuation: AsyncStream<RemoteChange>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    var isWaiting: Bool { true }

    func follow(_ change: RemoteChange) { continuation.yield(change) }

    /// The next change of those wanted.
    func next(where isWanted: (RemoteChange) -> Bool = { _ in true }) async -> RemoteChange? {
        for await change in stream where isWanted(change) { return change }
        return nil
    }

    /// The next change of those wanted, of events: a server without change streams says every few seconds that entities
    /// may have changed.
    func nextOfEvents(where isWanted: (RemoteChange) -> Bool = { _ in true }) async -> RemoteChange? {
        await next { change in
            if case .entities = change { false } else { isWanted(change) }
        }
    }
}
