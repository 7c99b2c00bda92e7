import ParlantCore
import ParlantStores
import ParlantTesting

@testable import ParlantLocal

/// A store's life in steps, with all that it has after each.
struct Scenario {
    /// One step; nil: the server stops and starts again.
    typealias Step = @Sendable (Stores) async throws -> Void

    /// Every kind of write, with stops in between.
    static let steps: [Step?] = [
        { _ = try await $0.tags.create(name: "vip") },
        { stores in
            let tag = try await stores.tags.ensure(name: "vip")
            _ = try await stores.customers.create(
                CustomerDraft(id: "jane", name: "Jane", metadata: EntitySamples.json, tags: [tag.id]))
        },
        { _ = try await $0.customers.create(CustomerDraft(id: "bob", name: "Bob")) },
        { _ = try await $0.sessions.create(SessionDraft(agentID: "a", customerID: "jane", labels: ["l"])) },
        { try await append("hello", to: 0, .opens, $0) },
        { try await append("answer", to: 0, nil, $0) },
        { try await append("ready", to: 0, .closes, $0) },
        nil,
        { try await append("more", to: 0, .opens, $0) },
        { stores in
            let session = try await session(0, stores)
            let event = try await stores.sessions.events(of: session, matching: .init())[1]
            _ = try await stores.sessions.update(event.id, of: session, .init(metadata: .init(set: ["read": true])))
        },
        { stores in
            _ = try await stores.sessions.update(
                session(0, stores), .init(title: "t", consumptionOffsets: ["client": 2]))
        },
        { try await $0.keyValues.set("k", to: .object(EntitySamples.json), in: .agent("a"), lifetime: nil) },
        { _ = try await $0.keyValues.increment("n", by: 2, in: .session("s")) },
        { stores in
            try await stores.explanations.save(
                Explanation(session: session(0, stores), traceID: "t", content: Array(#"{"why":1}"#.utf8)))
        },
        { try await $0.sessions.deleteEvents(of: session(0, $0), from: 2) },
        nil,
        { try await append("after", to: 0, nil, $0) },
        { _ = try await $0.sessions.create(SessionDraft(agentID: "b")) },
        { try await append("short-lived", to: 1, .opens, $0) },
        { try await $0.customers.delete("bob") },
        nil,
        { try await $0.sessions.delete(session(1, $0)) },
        { try await $0.entities.terms.create(Term(id: "x", name: "n", description: "d", tags: ["t"])) },
        { _ = try await $0.entities.terms.update("x") { $0.name = "m" } },
        { try await $0.keyValues.deleteAll(in: .session("s")) },
        nil,
        { try await $0.explanations.deleteAll(of: session(0, $0)) },
        { try await append("last", to: 0, nil, $0) },
        nil,
    ]

    private static func session(_ index: Int, _ stores: Stores) async throws -> SessionID {
        try await stores.sessions.list(.init()).items[index].id
    }

    private static func append(_ text: String, to index: Int, _ mark: TurnMark?, _ stores: Stores) async throws {
        let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": .string(text)])
        _ = try await stores.sessions.append(draft, to: session(index, stores), mark)
    }

    /// All that a store has.
    struct Everything: Equatable {
        var customers: [Customer]
        var tags: [Tag]
        var sessions: [Session]
        var events: [[Event]]
        var turns: [OpenTurn]
        var entries: [JSONValue?]
        var explanations: [Explanation?]
        var terms: [Stored<Term>]

        init(_ stores: Stores) async throws {
            // The guest is as old as the store.
            customers = try await Array(stores.customers.list(.init()).items.dropFirst())
            tags = try await stores.tags.list(name: nil)
            sessions = try await stores.sessions.list(.init()).items
            turns = try await stores.sessions.openTurns(of: nil)
            entries = [
                try await stores.keyValues.read("k", in: .agent("a")),
                try await stores.keyValues.read("n", in: .session("s")),
            ]
            terms = try await stores.entities.terms.list()
            events = []
            explanations = []
            for session in sessions {
                events.append(try await stores.sessions.events(of: session.id, matching: .init()))
                explanations.append(try await stores.explanations.find("t", of: session.id))
            }
        }
    }
}

/// Opens stores on a simulated disk. The clock stands still: no checkpoint begins by itself.
func open(
    _ disk: SimulatedDisk, clock: any TimeSource = ManualClock(), ids: any IDGenerator, eventBytes: Int = 64 << 20
) throws -> LocalStores {
    LocalStores(
        try StoreFolder(disk, place: "/store", clock: clock, ids: ids, logger: silent, eventBytes: eventBytes), nil)
}
