import ParlantCore

/// Everything that a place keeps, in memory, to be compared.
struct RecordList: Equatable {
    /// What the stores say, by kind.
    private(set) var counts: [String: Int] = [:]
    private var sessions: [SessionRecord] = []
    /// Places may keep sessions in orders of their own; the events of each are in theirs.
    private var events: [SessionID: [Event]] = [:]
    private var others: [String: [AnyRecord]] = [:]

    /// Reads everything, so many records at a time.
    init(_ records: StoreRecords, batch: Int) async throws {
        for kind in records.kinds { counts[kind.name] = try await kind.recordCount() }
        sessions = try await Self.all(records.sessions, batch)
        for record in try await Self.all(records.events, batch) {
            events[record.session, default: []].append(record.event)
        }
        others["tags"] = try await Self.any(records.tags, batch)
        others["customers"] = try await Self.any(records.customers, batch)
        // Each place has an order of its own.
        others["entries"] = try await Self.any(records.keyValues, batch).sorted { $0.description < $1.description }
        others["explanations"] = try await Self.any(records.explanations, batch)
        others["open turns"] = try await Self.any(records.openTurns, batch)
        let entities = records.entities
        others["agents"] = try await Self.any(entities.agents, batch)
        others["guidelines"] = try await Self.any(entities.guidelines, batch)
        others["canned responses"] = try await Self.any(entities.cannedResponses, batch)
        others["terms"] = try await Self.any(entities.terms, batch)
        others["variables"] = try await Self.any(entities.variables, batch)
        others["values"] = try await Self.any(entities.values, batch)
        others["capabilities"] = try await Self.any(entities.capabilities, batch)
        others["journeys"] = try await Self.any(entities.journeys, batch)
        others["relationships"] = try await Self.any(entities.relationships, batch)
        others["services"] = try await Self.any(entities.services, batch)
        others["evaluations"] = try await Self.any(entities.evaluations, batch)
        others["documents"] = try await Self.any(entities.documents, batch)
        others["memories"] = try await Self.any(entities.memories, batch)
    }

    /// Says what is not the same; nil when all is.
    func firstDifference(from other: RecordList) -> String? {
        if sessions != other.sessions { return "sessions: \(other.sessions), not \(sessions)" }
        if events != other.events { return "events: \(other.events), not \(events)" }
        for (kind, records) in others where other.others[kind] != records {
            return "\(kind): \(other.others[kind] ?? []), not \(records)"
        }
        return nil
    }

    private static func any<Record: Sendable & Equatable>(_ store: any RecordStore<Record>, _ batch: Int) async throws
        -> [AnyRecord]
    {
        try await all(store, batch).map { AnyRecord($0) }
    }

    private static func all<Record>(_ store: any RecordStore<Record>, _ batch: Int) async throws -> [Record] {
        var all: [Record] = []
        while true {
            let some = try await store.records(after: all.last, limit: batch)
            try require(some.count <= batch, "a batch of \(some.count) records is larger than \(batch)")
            guard !some.isEmpty else { return all }
            all += some
        }
    }
}

/// A record of any kind, to be compared.
private struct AnyRecord: Equatable, CustomStringConvertible {
    let value: any Equatable

    init(_ value: any Equatable) { self.value = value }

    var description: String { "\(value)" }

    static func == (left: Self, right: Self) -> Bool { isEqual(left.value, right.value) }

    private static func isEqual<Value: Equatable>(_ left: Value, _ right: any Equatable) -> Bool {
        left == right as? Value
    }
}
