import ParlantCore
import ParlantStores

extension ArchivePart {
    /// Sessions that are looked up at a time, and events of each.
    private static let batch = 64

    static let sessions = ArchivePart(
        path: "sessions/ID.json",
        about: "each session with all its events in order: messages, statuses, tool calls; and what scripts have noted "
            + "about it"
    ) { id, stores, file in
        try await forEachSession(of: id, stores) { try await write($0, stores, file) }
    }

    static let explanations = ArchivePart(
        path: "explanations/SESSION/TURN.json",
        about: "why the agent did what it did, for each turn; the events of a turn have its name as trace_id"
    ) { id, stores, file in
        try await forEachSession(of: id, stores) { session in
            for trace in try await stores.explanations.traces(of: session.id) {
                guard let explanation = try await stores.explanations.find(trace, of: session.id) else { continue }
                let content = (try? JSONParser.parse(explanation.content)) ?? .null
                let folder = "explanations/\(ArchiveFile.name(session.id.rawValue))"
                try await file.write(content, to: "\(folder)/\(ArchiveFile.name(trace.rawValue)).json")
            }
        }
    }

    private static func forEachSession(
        of id: CustomerID, _ stores: Stores, _ body: (Session) async throws -> Void
    ) async throws {
        var request = PageRequest(limit: batch)
        while true {
            let page = try await stores.sessions.list(SessionQuery(customerID: id, page: request))
            for session in page.items { try await body(session) }
            guard let next = page.nextCursor else { return }
            request.cursor = next
        }
    }

    private static func write(_ session: Session, _ stores: Stores, _ file: ArchiveFile) async throws {
        try await file.begin("sessions/\(ArchiveFile.name(session.id.rawValue)).json")
        try await file.add("{\n  \"session\": \(ReadableJSON.text(.object(session.storedForm), indent: 2))")
        let entries = json(try await stores.keyValues.entries(in: .session(session.id)))
        if !entries.isEmpty { try await file.add(",\n  \"entries\": \(ReadableJSON.text(.array(entries), indent: 2))") }
        let turns = try await stores.sessions.openTurns(of: session.id).map { JSONValue.object($0.storedForm) }
        if !turns.isEmpty { try await file.add(",\n  \"open_turns\": \(ReadableJSON.text(.array(turns), indent: 2))") }
        try await file.add(",\n  \"events\": [")
        var query = EventQuery(limit: batch)
        var separator = ""
        while true {
            let events = try await events(of: session.id, query, stores)
            for event in events {
                try await file.add("\(separator)\n    \(ReadableJSON.text(.object(event.storedForm), indent: 4))")
                separator = ","
            }
            guard let last = events.last else { break }
            query.minOffset = last.offset + 1
        }
        try await file.add("\n  ]\n}\n")
    }

    /// None when the session was deleted meanwhile.
    private static func events(of id: SessionID, _ query: EventQuery, _ stores: Stores) async throws -> [Event] {
        do {
            return try await stores.sessions.events(of: id, matching: query)
        } catch let error as StoreError where error.code == .notFound {
            return []
        }
    }
}
