import ParlantCore
import ParlantMongo
import ParlantTesting
import Testing

@Suite(
    "A change that the server has made and the majority has not acknowledged", .serialized,
    .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)))
struct MajorityTests {
    /// One for all checks. It ends with the tests' process.
    private static let server = Result { try MongoServer() }

    /// One thing that is changed by one call.
    struct Change: Sendable, CustomStringConvertible {
        var description: String
        /// Writes of the call before the one that makes the change.
        var before = 0
        /// Makes what is changed, and returns the call.
        var prepare: @Sendable (Stores) async throws -> @Sendable () async throws -> Void
    }

    static let changes: [Change] = [
        Change(description: "a new customer") { stores in
            { _ = try await stores.customers.create(CustomerDraft(id: "c", name: "N")) }
        },
        Change(description: "a changed customer") { stores in
            let id = try await stores.customers.create(CustomerDraft(name: "N")).id
            return { _ = try await stores.customers.update(id, CustomerChange(name: "M")) }
        },
        Change(description: "a changed entity") { stores in
            try await stores.entities.terms.create(Term(id: "t", name: "N", description: "D"))
            return { try await stores.entities.terms.update("t") { $0.description = "E" } }
        },
        Change(description: "a tag that was wanted") { stores in
            { _ = try await stores.tags.ensure(name: "vip") }
        },
        Change(description: "a new event") { stores in
            let session = try await stores.sessions.create(SessionDraft(agentID: "a")).id
            return { _ = try await stores.sessions.append(draft, to: session) }
        },
        Change(description: "a changed event") { stores in
            let session = try await stores.sessions.create(SessionDraft(agentID: "a")).id
            let event = try await stores.sessions.append(draft, to: session).id
            let change = EventChange(metadata: MetadataChange(set: ["read": true]))
            return { _ = try await stores.sessions.update(event, of: session, change) }
        },
        Change(description: "a new entry", before: 1) { stores in
            { try await stores.keyValues.set("k", to: 1, in: .session("s"), lifetime: nil) }
        },
        Change(description: "a deleted entry") { stores in
            try await stores.keyValues.set("k", to: 1, in: .session("s"), lifetime: nil)
            return { try await stores.keyValues.delete("k", in: .session("s")) }
        },
    ]

    private static let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"])

    @Test("is no success of the attempt that finds it, unless the majority acknowledges it then", arguments: changes)
    func unacknowledged(_ change: Change) async throws {
        let server = try Self.server.get()
        let backend = try await server.stores()
        let call = try await change.prepare(backend.stores)
        // The one that makes it, and whatever the second attempt writes.
        try await server.withholdMajority(
            from: "insert", "update", "delete", after: change.before, times: 2)
        let error = await #expect(throws: StoreError.self) { try await call() }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("waiting for replication timed out") == true)
        try await backend.close()
    }

    @Test("is made once when the majority acknowledges it at the second attempt")
    func acknowledged() async throws {
        let server = try Self.server.get()
        let backend = try await server.stores()
        let stores = backend.stores
        let session = try await stores.sessions.create(SessionDraft(agentID: "a")).id
        try await server.withholdMajority(from: "insert", times: 1)
        let event = try await stores.sessions.append(Self.draft, to: session)
        #expect(try await stores.sessions.events(of: session, matching: .init()) == [event])
        for number in 1...3 {
            // The scope's size, then the entry.
            try await server.withholdMajority(from: "insert", "update", after: 1, times: 1)
            #expect(try await stores.keyValues.increment("k", by: 1, in: .session("s")) == Int64(number))
        }
        try await backend.close()
    }
}
