import ParlantCore

/// A store of sessions that does one thing in its own way, and leaves everything else to `base`.
protocol SessionStoreWrapper: SessionStore {
    var base: any SessionStore { get }
}

extension SessionStoreWrapper {
    func create(_ draft: SessionDraft) async throws -> Session { try await base.create(draft) }
    func read(_ id: SessionID) async throws -> Session { try await base.read(id) }
    func list(_ query: SessionQuery) async throws -> Page<Session> { try await base.list(query) }
    func update(_ id: SessionID, _ change: SessionChange) async throws -> Session {
        try await base.update(id, change)
    }
    func delete(_ id: SessionID) async throws { try await base.delete(id) }
    func append(_ draft: EventDraft, to id: SessionID, _ mark: TurnMark?) async throws -> Event {
        try await base.append(draft, to: id, mark)
    }
    func events(of id: SessionID, matching query: EventQuery) async throws -> [Event] {
        try await base.events(of: id, matching: query)
    }
    func event(_ event: EventID, of id: SessionID) async throws -> Event { try await base.event(event, of: id) }
    func update(_ event: EventID, of id: SessionID, _ change: EventChange) async throws -> Event {
        try await base.update(event, of: id, change)
    }
    func deleteEvents(of id: SessionID, from minOffset: Int) async throws {
        try await base.deleteEvents(of: id, from: minOffset)
    }
    func open(_ turn: OpenTurn) async throws { try await base.open(turn) }
    func update(_ turn: OpenTurn, under lease: TurnLease?) async throws {
        try await base.update(turn, under: lease)
    }
    func close(_ traceID: TraceID, of id: SessionID) async throws { try await base.close(traceID, of: id) }
    func openTurns(of id: SessionID?) async throws -> [OpenTurn] { try await base.openTurns(of: id) }
}
