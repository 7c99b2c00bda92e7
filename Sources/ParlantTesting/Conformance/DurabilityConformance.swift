public import ParlantCore

/// A place that keeps what it is given, and can be opened again and again.
public struct ReopenableBackend: Sendable {
    /// Opens it: empty at first, later with all that was acknowledged.
    public var open: @Sendable () async throws -> any StoreBackend

    /// A place that `open` opens. Each is closed before it is opened again.
    public init(_ open: @escaping @Sendable () async throws -> any StoreBackend) { self.open = open }

    /// Opens it, runs `body` and closes it.
    func using<Value>(_ body: (Stores) async throws -> Value) async throws -> Value {
        let backend = try await open()
        let value = try await body(backend.stores)
        try await backend.close()
        return value
    }
}

/// What every durable ``StoreBackend`` keeps over a restart. Give each check a place of its own.
public enum DurabilityConformance {
    /// All rules.
    public static let checks: [ConformanceCheck<ReopenableBackend>] = [
        .init("customers, tags and their order are there after a restart") { place in
            let before = try await place.using { stores in
                let tag = try await stores.tags.create(name: "vip")
                _ = try await stores.tags.create(name: "a")
                for id in ["b", "a", "c"] as [CustomerID] {
                    _ = try await stores.customers.create(
                        CustomerDraft(id: id, name: "ü", metadata: EntitySamples.json, tags: [tag.id]))
                }
                _ = try await stores.customers.update("a", .init(metadata: .init(set: ["new": 1])))
                try await stores.customers.delete("c")
                return try await Self.everybody(stores)
            }
            try requireEqual(before.customers.map(\.id), ["guest", "b", "a"], "the customers before")
            try requireEqual(try await place.using(Self.everybody), before, "customers and tags after a restart")
        },
        .init("who is created after a restart comes after all who were there, whatever the clock says") { place in
            try await place.using { _ = try await $0.customers.create(CustomerDraft(id: "z", name: "N")) }
            try await place.using { stores in
                _ = try await stores.customers.create(CustomerDraft(id: "a", name: "N"))
                let all = try await stores.customers.list(.init()).items
                try requireEqual(all.map(\.id), ["guest", "z", "a"], "the order")
                try require(all[1].createdAt < all[2].createdAt, "two customers share a time")
            }
        },
        .init("sessions and events are there after a restart, and offsets go on") { place in
            let (session, events) = try await place.using { stores in
                let made = try await stores.sessions.create(
                    SessionDraft(agentID: "a", title: "t", metadata: EntitySamples.json, labels: ["l2", "l1"]))
                for number in 0..<5 { _ = try await Self.append(number, to: made.id, stores) }
                try await stores.sessions.deleteEvents(of: made.id, from: 3)
                var change = SessionChange(mode: .manual, consumptionOffsets: ["client": 3])
                change.agentState = AgentState(
                    appliedGuidelines: ["g2", "g1"],
                    journeys: ["j": JourneyPlace(path: ["a", "b"]), "k": JourneyPlace(path: [], hasEnded: true)])
                let session = try await stores.sessions.update(made.id, change)
                return (session, try await stores.sessions.events(of: made.id, matching: .init()))
            }
            try await place.using { stores in
                try requireEqual(try await stores.sessions.read(session.id), session, "the session")
                let found = try await stores.sessions.events(of: session.id, matching: .init())
                try requireEqual(found, events, "the events")
                let next = try await Self.append(5, to: session.id, stores)
                try requireEqual(next.offset, 5, "the offset after deleted events and a restart")
                try require(next.createdAt >= events[2].createdAt, "the time went back")
            }
        },
        .init("entries of scripts, explanations and entities are there after a restart") { place in
            let explanation = Explanation(
                session: "s", traceID: "t", content: JSONWriter.bytes(of: .object(EntitySamples.json)))
            try await place.using { stores in
                try await stores.keyValues.set("k", to: .object(EntitySamples.json), in: .agent("a"), lifetime: nil)
                _ = try await stores.keyValues.increment("n", by: 3, in: .agent("a"))
                try await stores.explanations.save(explanation)
                for sample in EntitySamples.guidelines { try await stores.entities.guidelines.create(sample) }
                for sample in EntitySamples.values { try await stores.entities.values.create(sample) }
            }
            try await place.using { stores in
                let value = try await stores.keyValues.read("k", in: .agent("a"))
                try requireEqual(value, .object(EntitySamples.json), "the entry")
                try requireEqual(try await stores.keyValues.increment("n", by: 1, in: .agent("a")), 4, "the counter")
                try requireEqual(try await stores.explanations.find("t", of: "s"), explanation, "the explanation")
                let guidelines = try await stores.entities.guidelines.list().map(\.entity)
                try requireEqual(guidelines, EntitySamples.guidelines, "the guidelines")
                let values = try await stores.entities.values.list().map(\.entity)
                try requireEqual(values, EntitySamples.values, "the values")
            }
        },
        .init("open turns are there after a restart, and closed ones are not") { place in
            let turns = try await place.using { stores in
                let session = try await stores.sessions.create(SessionDraft(agentID: "a")).id
                for (trace, mark) in [("t1", .opens), ("t2", .opens), ("t1", .closes)] as [(TraceID, TurnMark)] {
                    let message = SessionStoreConformance.message("m", trace)
                    _ = try await stores.sessions.append(message, to: session, mark)
                }
                var turns = try await stores.sessions.openTurns(of: nil)
                turns[0].attempts = 1
                turns[0].calls = [OpenCall(tool: ToolID(service: "s", name: "n"), arguments: EntitySamples.json)]
                try await stores.sessions.update(turns[0])
                return turns
            }
            try requireEqual(turns.map(\.traceID), ["t2"], "what was open")
            try requireEqual(
                try await place.using { try await $0.sessions.openTurns(of: nil) }, turns, "the turns after a restart")
        },
        .init("a closed backend says so, by reading and by writing") { place in
            let backend = try await place.open()
            try await backend.close()
            try await backend.close()
            try await requireError(.unavailable, "a reading") { try await backend.stores.tags.list(name: nil) }
            try await requireError(.unavailable, "a writing") { try await backend.stores.tags.create(name: "t") }
        },
    ]

    private struct Everybody: Equatable {
        var customers: [Customer]
        var tags: [Tag]
    }

    private static func everybody(_ stores: Stores) async throws -> Everybody {
        Everybody(
            customers: try await stores.customers.list(.init()).items, tags: try await stores.tags.list(name: nil))
    }

    private static func append(_ number: Int, to session: SessionID, _ stores: Stores) async throws -> Event {
        try await stores.sessions.append(
            EventDraft(
                source: .customer, kind: .message, traceID: "t", data: ["n": .integer(Int64(number))],
                metadata: EntitySamples.json), to: session)
    }
}
