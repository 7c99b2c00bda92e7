package import ParlantCore

/// A store of sessions that does one thing in its own way, and leaves everything else to `base`.
package protocol SessionStoreWrapper: SessionStore {
    var base: any SessionStore { get }
}

extension SessionStoreWrapper {
    package func create(_ draft: SessionDraft) async throws -> Session { try await base.create(draft) }
    package func read(_ id: SessionID) async throws -> Session { try await base.read(id) }
    package func list(_ query: SessionQuery) async throws -> Page<Session> { try await base.list(query) }
    package func update(_ id: SessionID, _ change: SessionChange) async throws -> Session {
        try await base.update(id, change)
    }
    package func delete(_ id: SessionID) async throws { try await base.delete(id) }
    package func append(_ draft: EventDraft, to id: SessionID, _ mark: TurnMark?) async throws -> Event {
        try await base.append(draft, to: id, mark)
    }
    package func events(of id: SessionID, matching query: EventQuery) async throws -> [Event] {
        try await base.events(of: id, matching: query)
    }
    package func event(_ event: EventID, of id: SessionID) async throws -> Event { try await base.event(event, of: id) }
    package func update(_ event: EventID, of id: SessionID, _ change: EventChange) async throws -> Event {
        try await base.update(event, of: id, change)
    }
    package func deleteEvents(of id: SessionID, from minOffset: Int) async throws {
        try await base.deleteEvents(of: id, from: minOffset)
    }
    package func open(_ turn: OpenTurn) async throws { try await base.open(turn) }
    package func update(_ turn: OpenTurn, under lease: TurnLease?) async throws {
        try await base.update(turn, under: lease)
    }
    package func close(_ traceID: TraceID, of id: SessionID) async throws { try await base.close(traceID, of: id) }
    package func openTurns(of id: SessionID?) async throws -> [OpenTurn] { try await base.openTurns(of: id) }
}
