import ParlantCore
import ParlantMongo
import ParlantTesting
import Testing

@Suite("Two nodes on one database", .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)))
struct NodeTests {
    private func nodes() async throws -> (MongoStores, MongoStores) {
        let address = try MongoServer.shared.get().address()
        func open() async throws -> MongoStores {
            try await MongoStores(address, clock: SystemTimeSource(), ids: RandomIDGenerator())
        }
        // At the same time: both make the indexes.
        async let first = open()
        async let second = open()
        return try await (first, second)
    }

    @Test("append to one session at once: offsets are dense, and none is lost")
    func appends() async throws {
        let (first, second) = try await nodes()
        let session = try await first.stores.sessions.create(SessionDraft(agentID: "a")).id
        let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"])
        let events = try await withThrowingTaskGroup(of: Event.self) { group in
            for number in 0..<200 {
                let sessions = (number % 2 == 0 ? first : second).stores.sessions
                group.addTask { try await sessions.append(draft, to: session) }
            }
            return try await group.reduce(into: [Event]()) { $0.append($1) }
        }.sorted { $0.offset < $1.offset }
        #expect(events.map(\.offset) == Array(0..<200))
        #expect(try await second.stores.sessions.events(of: session, matching: .init()) == events)
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.createdAt <= $1.createdAt })
        try await first.close()
        try await second.close()
    }

    @Test("create at once: one tag of a name, one customer of an id, and one order for both")
    func creations() async throws {
        let (first, second) = try await nodes()
        let tags = try await withThrowingTaskGroup(of: ParlantCore.Tag.self) { group in
            for number in 0..<40 {
                let tags = (number % 2 == 0 ? first : second).stores.tags
                group.addTask { try await tags.ensure(name: "vip") }
            }
            return try await group.reduce(into: Set<ParlantCore.Tag>()) { $0.insert($1) }
        }
        #expect(tags.count == 1)
        let made = await withTaskGroup(of: Int.self) { group in
            for number in 0..<40 {
                let customers = (number % 2 == 0 ? first : second).stores.customers
                group.addTask {
                    let isMade =
                        (try? await customers.create(CustomerDraft(id: CustomerID("c\(number / 4)"), name: "N"))) != nil
                    return isMade ? 1 : 0
                }
            }
            return await group.reduce(0, +)
        }
        #expect(made == 10)
        let list = try await first.stores.customers.list(.init()).items
        #expect(try await second.stores.customers.list(.init()).items == list)
        #expect(zip(list.dropFirst(), list.dropFirst(2)).allSatisfy { $0.createdAt < $1.createdAt })
        try await first.close()
        try await second.close()
    }

    @Test("a session that one deletes takes no events from the other")
    func deletion() async throws {
        let (first, second) = try await nodes()
        let session = try await first.stores.sessions.create(SessionDraft(agentID: "a")).id
        let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"])
        _ = try await second.stores.sessions.append(draft, to: session)
        try await first.stores.sessions.delete(session)
        let error = await #expect(throws: StoreError.self) {
            try await second.stores.sessions.append(draft, to: session)
        }
        #expect(error?.code == .notFound)
        try await first.close()
        try await second.close()
    }
}
