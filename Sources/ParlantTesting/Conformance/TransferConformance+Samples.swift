import ParlantCore

extension TransferConformance {
    /// Puts something of every kind into a place, and of sessions every shape of log.
    static func fill(_ stores: Stores) async throws {
        for name in ["vip", "a", "ü"] { _ = try await stores.tags.create(name: name) }
        for id in ["c2", "c1", "c3", "gone"] as [CustomerID] {
            _ = try await stores.customers.create(
                CustomerDraft(
                    id: id, name: "N \(id)", about: "about \(id)", metadata: EntitySamples.json, tags: ["t", "u"]))
        }
        _ = try await stores.customers.update("c1", .init(metadata: .init(set: ["n": 1])))
        try await stores.customers.delete("gone")
        try await fillSessions(stores)
        let scopes: [KeyValueScope] = [.session("s"), .customer("c1"), .customer("c1:x"), .agent("a")]
        for scope in scopes {
            try await stores.keyValues.set("json", to: .object(EntitySamples.json), in: scope, lifetime: nil)
            _ = try await stores.keyValues.increment("n", by: 3, in: scope)
            try await stores.keyValues.set("short", to: "x", in: scope, lifetime: .seconds(3600))
        }
        try await fill(stores.entities)
    }

    /// Logs that are empty, whole, cut at the end, cut to nothing, and gone on after a cut.
    private static func fillSessions(_ stores: Stores) async throws {
        for (title, count, cut, after) in [
            ("asked", 0, 0, 0), ("empty", 0, 0, 0), ("whole", 70, 70, 0), ("cut", 4, 2, 0), ("nothing", 3, 0, 0),
            ("on", 3, 1, 2),
        ] {
            let id = try await stores.sessions.create(
                SessionDraft(
                    agentID: "a", customerID: count > 3 ? "c1" : "c2", title: title, metadata: EntitySamples.json,
                    labels: count > 2 ? ["l", "k"] : [])
            ).id
            var first: Event?
            for number in 0..<count { first = try await append(number, to: id, stores) ?? first }
            if cut < count { try await stores.sessions.deleteEvents(of: id, from: cut) }
            for number in 0..<after { _ = try await append(number, to: id, stores) }
            if cut > 2, let first {
                _ = try await stores.sessions.update(
                    first.id, of: id, EventChange(data: ["new": 1], metadata: .init(set: ["m": .null])))
            }
            if title == "asked" { try await openTurns(of: id, stores) }
            var change = SessionChange(mode: .manual, consumptionOffsets: ["client": count])
            change.agentState = AgentState(
                appliedGuidelines: ["g2", "g1"], journeys: ["j": JourneyPlace(path: ["a"], hasEnded: true)])
            if count > 3 { _ = try await stores.sessions.update(id, change) }
            for trace in ["t2", "t1"] as [TraceID] {
                try await stores.explanations.save(
                    Explanation(
                        session: id, traceID: trace, content: JSONWriter.bytes(of: .object(EntitySamples.json))))
            }
        }
    }

    private static func openTurns(of id: SessionID, _ stores: Stores) async throws {
        let draft = EventDraft(source: .customer, kind: .message, traceID: "asked", data: ["message": "m"])
        _ = try await stores.sessions.append(draft, to: id, .opens)
        var turn = OpenTurn(session: id, traceID: "asked", openedAt: Timestamp(microseconds: 0), attempts: 2)
        turn.calls = [
            OpenCall(tool: ToolID(service: "s", name: "t"), arguments: EntitySamples.json, outcome: ["data": 1]),
            OpenCall(tool: ToolID(service: "s", name: "u"), arguments: [:]),
        ]
        try await stores.sessions.update(turn)
        try await stores.sessions.open(
            OpenTurn(session: id, traceID: "unasked", openedAt: Timestamp(microseconds: 2_000_000_000_000_000)))
    }

    private static func append(_ number: Int, to id: SessionID, _ stores: Stores) async throws -> Event? {
        try await stores.sessions.append(
            EventDraft(
                source: .customer, kind: .message, traceID: TraceID("t\(number)"),
                data: .object(["message": .string("m\(number)")]), metadata: number == 0 ? EntitySamples.json : [:]),
            to: id)
    }

    private static func fill(_ entities: EntityStores) async throws {
        for sample in EntitySamples.agents { try await entities.agents.create(sample) }
        for sample in EntitySamples.guidelines { try await entities.guidelines.create(sample) }
        for sample in EntitySamples.cannedResponses { try await entities.cannedResponses.create(sample) }
        for sample in EntitySamples.terms { try await entities.terms.create(sample) }
        for sample in EntitySamples.variables { try await entities.variables.create(sample) }
        for sample in EntitySamples.values { try await entities.values.create(sample) }
        for variable in ["v1", "v2"] as [VariableID] {
            try await entities.values.save(
                VariableValue(
                    variable: variable, key: "c1", revision: "r", modifiedAt: Timestamp(microseconds: 7), data: [1]))
        }
        for sample in EntitySamples.capabilities { try await entities.capabilities.create(sample) }
        for sample in EntitySamples.journeys { try await entities.journeys.create(sample) }
        for sample in EntitySamples.relationships { try await entities.relationships.create(sample) }
        for sample in EntitySamples.services { try await entities.services.create(sample) }
        for sample in EntitySamples.evaluations { try await entities.evaluations.create(sample) }
        for sample in EntitySamples.documents { try await entities.documents.create(sample) }
        for sample in EntitySamples.memories { try await entities.memories.create(sample) }
    }
}
