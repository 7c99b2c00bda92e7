import Foundation
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantMongo

@Suite(
    "Faults of the server, and of the way to it",
    .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)))
struct FaultTests {
    /// Short times, so that a fault is noticed soon.
    private static let hurry = "?serverSelectionTimeoutMS=2000&connectTimeoutMS=500&socketTimeoutMS=700"

    private func open(_ address: MongoAddress) async throws -> MongoStores {
        try await MongoStores(address, clock: SystemTimeSource(), ids: RandomIDGenerator())
    }

    private func message(_ text: String) -> EventDraft {
        EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": .string(text)])
    }

    @Test("a server that is killed and started again is used again, and has all that was acknowledged")
    func restart() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mongo-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var server = try MongoServer("--sync", data: folder)
        let backend = try await open(server.address(options: Self.hurry))
        let sessions = backend.stores.sessions
        let session = try await sessions.create(SessionDraft(agentID: "a")).id
        for number in 0..<5 { _ = try await sessions.append(message("\(number)"), to: session) }
        server.kill()
        let error = await #expect(throws: StoreError.self) { try await sessions.append(message("lost"), to: session) }
        #expect(error?.code == .unavailable)
        #expect((error?.cause as? MongoError)?.code == .unreachable)
        server = try MongoServer("--sync", data: folder, port: server.port)
        #expect(try await sessions.append(message("5"), to: session).offset == 5)
        let events = try await sessions.events(of: session, matching: .init())
        #expect(events.map(\.data) == (0..<6).map { ["message": .string("\($0)")] })
        try await backend.close()
    }

    @Test("a server that stands still is an error within the time-out, and nothing is written twice")
    func stall() async throws {
        let server = try MongoServer()
        let backend = try await open(server.address(options: Self.hurry))
        let sessions = backend.stores.sessions
        let session = try await sessions.create(SessionDraft(agentID: "a")).id
        _ = try await sessions.append(message("0"), to: session)
        server.suspend(true)
        let error = await #expect(throws: StoreError.self) { try await sessions.append(message("?"), to: session) }
        server.suspend(false)
        #expect(error?.code == .unavailable)
        let next = try await sessions.append(message("1"), to: session)
        let events = try await sessions.events(of: session, matching: .init())
        // What the server had received it may do when it goes on.
        #expect(events.map(\.offset) == Array(0...next.offset))
        #expect(events.filter { $0.data["message"] == "?" }.count <= 1)
        try await backend.close()
    }

    @Test("a connection that breaks in the middle of a write is not noticed, and the write is done once")
    func brokenConnection() async throws {
        // Of its own: the fault is for whoever inserts next.
        let server = try MongoServer()
        let backend = try await open(server.address())
        let sessions = backend.stores.sessions
        let session = try await sessions.create(SessionDraft(agentID: "a")).id
        for number in 0..<3 {
            try await server.breakConnection(at: "insert")
            #expect(try await sessions.append(message("\(number)"), to: session).offset == number)
        }
        #expect(try await sessions.events(of: session, matching: .init()).map(\.offset) == [0, 1, 2])
        try await backend.close()
    }

    @Test("an attempt that was done but not acknowledged is found by the one that repeats it")
    func repeated() async throws {
        let address = try MongoServer.shared.get().address()
        let backend = try await open(address)
        let database = try MongoDatabase(address, clock: SystemTimeSource(), ids: RandomIDGenerator())
        let now = SystemTimeSource().now
        let customers = DocumentCollection<Customer>(name: "customers", marks: { _ in [:] }, createdAt: \.createdAt)
        let customer = Customer(id: "c", createdAt: now, name: "N")
        let inserted = try await database.run { connection in
            try ["1", "1", "2"].map { try customers.insert(customer, "c", call: $0, connection) }
        }
        #expect(inserted == [customer, customer, nil])
        let names = try await database.run { connection in
            try (0..<2).map { _ in try customers.update("c", call: "3", connection) { $0.name += "!" }?.name }
        }
        #expect(names == ["N!", "N!"])
        let deleted = try await database.run { connection in
            var again = connection
            again.attempt = 1
            return try [connection, again, connection].map { try customers.delete("c", $0) }
        }
        #expect(deleted == [true, true, false])
        await database.close()
        try await backend.close()
    }

    @Test("with an address that does not ask for the majority, offsets stay dense when acknowledged events are lost")
    func rollback() async throws {
        let address = try MongoServer.shared.get().address(options: "?w=1")
        let backend = try await open(address)
        let sessions = backend.stores.sessions
        let session = try await sessions.create(SessionDraft(agentID: "a")).id
        for number in 0..<3 { _ = try await sessions.append(message("\(number)"), to: session) }
        let database = try MongoDatabase(address, clock: SystemTimeSource(), ids: RandomIDGenerator())
        // What a new primary does not have.
        let lost = try await database.run { connection in
            try connection.delete(
                Collections.events, ["_session": .string(session.rawValue), "_offset": ["$gte": 1]], many: true)
        }
        #expect(lost == 2)
        #expect(try await sessions.append(message("again"), to: session).offset == 1)
        #expect(try await sessions.events(of: session, matching: .init()).map(\.offset) == [0, 1])
        await database.close()
        try await backend.close()
    }

    @Test("no server at all is a sentence with the place and the remedy")
    func nobody() async throws {
        let address = try MongoAddress("mongodb://me:secret@127.0.0.1:1/d?serverSelectionTimeoutMS=300")
        let error = await #expect(throws: StoreError.self) { try await open(address) }
        #expect(error?.code == .unavailable)
        #expect(
            error?.message.hasPrefix(
                "MongoDB at mongodb://127.0.0.1:1/d does not answer; see that it runs and can be reached from here: ")
                == true)
        #expect("\(error.map { "\($0) \($0.cause.debugDescription)" } ?? "")".contains("secret") == false)
    }

    @Test("with authentication: the user gets in, and a wrong password is a sentence without it")
    func authentication() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mongo-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try MongoServer("--user", "me", "--password", "p:ss", data: folder)
        for check in SessionStoreConformance.checks.prefix(8) {
            let backend = try await open(server.address(user: "me:p%3Ass@", options: "?authSource=admin"))
            try await check.run(backend.stores.sessions)
            try await backend.close()
        }
        let wrong = try server.address(user: "me:wr0ng@", options: "?authSource=admin&serverSelectionTimeoutMS=2000")
        let error = await #expect(throws: StoreError.self) { try await open(wrong) }
        #expect((error?.cause as? MongoError)?.code == .refused)
        #expect(error?.message.contains("check user, password and roles") == true)
        #expect(error?.message.contains("wr0ng") == false)
    }
}
