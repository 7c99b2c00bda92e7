import OrderedCollections
import ParlantCore

/// A customer with a marker in every text that is kept of them, to be looked for after they were erased.
struct MarkedCustomer {
    /// No other data has it.
    static let marker = "Zq7MARKERq7Z"
    /// Long enough to be spread over many pages of a file.
    private static let long = String(repeating: marker + " ", count: 4000)
    private static let json: JSONObject = [
        marker: .string(marker), "\(marker)2": ["\(marker)": [.string(marker), 1, .null]],
    ]

    let customer = Customer(
        id: CustomerID("\(marker)-id"), createdAt: Timestamp(microseconds: 1), name: marker, about: long,
        metadata: json, tags: [TagID("tag-\(marker)")])
    let sessions: [SessionRecord]
    let events: [EventRecord]
    let entries: [KeyValueEntry]
    let explanations: [Explanation]
    let value: Stored<VariableValue>
    let documents: [Stored<Document>]
    let memories: [Stored<Memory>]
    let turn: OpenTurn

    init() {
        let id = customer.id
        sessions = (0..<3).map { number in
            var session = Session(
                id: SessionID("\(Self.marker)-session\(number)"), agentID: AgentID("agent-\(Self.marker)"),
                customerID: id, createdAt: Timestamp(microseconds: Int64(number + 2)), title: Self.marker,
                consumptionOffsets: [Self.marker: 1], metadata: Self.json, labels: [Self.marker])
            session.agentState = AgentState(
                appliedGuidelines: [GuidelineID(Self.marker)],
                journeys: [JourneyID(Self.marker): JourneyPlace(path: [Self.marker], hasEnded: true)])
            return SessionRecord(session, end: .init(offset: 5, moment: Timestamp(microseconds: 9)))
        }
        events = sessions.flatMap { record in
            (0..<6).map { offset in
                let text = offset % 2 == 0 ? Self.marker : Self.long
                let event = Event(
                    id: EventID("\(Self.marker)-\(record.session.id)-\(offset)"), source: .customer, kind: .message,
                    offset: offset, createdAt: Timestamp(microseconds: 9), traceID: TraceID("\(Self.marker)-\(offset)"),
                    data: ["message": .string(text), Self.marker: .object(Self.json)], metadata: Self.json, revision: 1)
                return EventRecord(event, of: record.session.id)
            }
        }
        let scopes = [KeyValueScope.customer(id)] + sessions.map { .session($0.session.id) }
        entries = scopes.flatMap { scope in
            (0..<3).map { number in
                KeyValueEntry(
                    scope: scope, key: "\(Self.marker)\(number)", value: .object(Self.json),
                    endsAt: Timestamp(microseconds: 4_000_000_000_000_000))
            }
        }
        explanations = events.map { record in
            Explanation(
                session: record.session, traceID: record.event.traceID,
                content: JSONWriter.bytes(of: .object(Self.json)))
        }
        value = Stored(
            VariableValue(
                variable: VariableID("v-\(Self.marker)"), key: id.rawValue, revision: Self.marker,
                modifiedAt: Timestamp(microseconds: 3), data: .object(Self.json),
                location: SourceLocation(file: Self.marker, line: 1)), createdAt: Timestamp(microseconds: 3))
        documents = (0..<3).map { number in
            let content: Document.Content = number == 0 ? .text(Self.long) : .parts([Self.marker, Self.long])
            let document = Document(
                id: DocumentID("\(Self.marker)-document\(number)"), owner: .customer(id), title: Self.marker,
                content: content, metadata: Self.json)
            return Stored(document, createdAt: Timestamp(microseconds: 4))
        }
        memories = (0..<3).map { number in
            let memory = Memory(
                id: MemoryID("\(Self.marker)-memory\(number)"), customer: id, agent: AgentID("agent-\(Self.marker)"),
                content: Self.long, entities: [Self.marker], moment: Timestamp(microseconds: 5), sentiment: 0,
                session: SessionID("\(Self.marker)-session0"), lastAccessedAt: Timestamp(microseconds: 6))
            return Stored(memory, createdAt: Timestamp(microseconds: 4))
        }
        let tool = ToolID(service: Self.marker, name: Self.marker)
        turn = OpenTurn(
            session: sessions[0].session.id, traceID: TraceID(Self.marker), causeOffset: 5,
            openedAt: Timestamp(microseconds: 9), attempts: 1,
            calls: [OpenCall(tool: tool, arguments: Self.json, outcome: .object(Self.json))])
    }

    /// All of it.
    var all: [any Sendable] {
        var all: [any Sendable] = [customer, value, turn]
        all += sessions as [any Sendable]
        all += events as [any Sendable]
        all += entries as [any Sendable]
        all += explanations as [any Sendable]
        all += documents as [any Sendable]
        all += memories as [any Sendable]
        return all
    }

    func put(into place: any StoreBackend) async throws {
        try await place.records.customers.restore([customer])
        try await place.records.sessions.restore(sessions)
        try await place.records.events.restore(events)
        try await place.records.keyValues.restore(entries)
        try await place.records.explanations.restore(explanations)
        try await place.records.entities.values.restore([value])
        try await place.records.entities.documents.restore(documents)
        try await place.records.entities.memories.restore(memories)
        try await place.records.openTurns.restore([turn])
    }

    /// Makes new versions of what is there, so that there are old ones to be found.
    func change(in stores: Stores) async throws {
        _ = try await stores.customers.update(
            customer.id, .init(name: "N", about: .clear, metadata: .init(unset: [Self.marker])))
        try await stores.entities.documents.update(documents[0].entity.id) { $0.content = .text("short") }
        try await stores.entities.memories.update(memories[0].entity.id) { $0.content = "short" }
        for record in sessions {
            let id = record.session.id
            _ = try await stores.sessions.update(id, SessionChange(title: "T", removeLabels: [Self.marker]))
            _ = try await stores.sessions.update(
                EventID("\(Self.marker)-\(id)-1"), of: id, EventChange(data: ["message": "short"]))
            try await stores.sessions.deleteEvents(of: id, from: 4)
            try await stores.keyValues.set("\(Self.marker)1", to: "short", in: .session(id), lifetime: nil)
        }
    }

    /// Throws unless each text in the value has the marker, and nothing in it is empty: then a field that is new and not
    /// filled in above is noticed.
    static func requireMarker(_ value: Any, _ path: String = "") throws {
        switch value {
        case is Timestamp, is Int, is Int64, is Double, is Bool, is Event.Source, is Event.Kind, is Session.Mode,
            is Memory.Kind:
            return
        case let text as String:
            try require(text.contains(marker), "\(path) has no marker")
        case let json as JSONValue:
            try require(json.isNull || json.integer != nil || "\(json)".contains(marker), "\(path) has no marker")
        case let bytes as [UInt8]:
            try require(String(decoding: bytes, as: UTF8.self).contains(marker), "\(path) has no marker")
        case let offsets as OrderedDictionary<String, Int>:
            try require(offsets[marker] != nil, "\(path) has no marker")
        default:
            let mirror = Mirror(reflecting: value)
            try require(!mirror.children.isEmpty, "\(path) is empty")
            for (index, child) in mirror.children.enumerated() {
                // The members of metadata are named by us.
                if let member = child.value as? (key: String, value: JSONValue) {
                    try require("\(member)".contains(marker), "\(path) has no marker")
                    continue
                }
                try requireMarker(child.value, "\(path).\(child.label ?? "\(index)")")
            }
        }
    }
}
