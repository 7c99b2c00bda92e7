public import ParlantCore
import Synchronization

/// Sessions and their events in memory, gone with the process. The reference for every other session store.
///
/// The store's lock guards only the table of sessions; each session has its own. Nothing is written to disk, so what
/// is acknowledged is as durable as the process.
public final class MemorySessionStore: SessionStore {
    struct State {
        var logs: [SessionID: SessionLog] = [:]
        var index = CreationIndex()
    }

    /// Open turns by session; apart from the sessions, because each message opens one.
    let turns = Mutex(OpenTurnTable())

    let state = Mutex(State())
    private let clock: any TimeSource
    private let ids: any IDGenerator

    /// A store without sessions.
    ///
    /// - Parameters:
    ///   - clock: Says when sessions and events are created. Times of sessions strictly increase, and those of one
    ///     session's events never decrease, whatever the clock does.
    ///   - ids: Makes the ids of sessions and events.
    public init(clock: any TimeSource, ids: any IDGenerator) {
        self.clock = clock
        self.ids = ids
    }

    public func create(_ draft: SessionDraft) async throws -> Session {
        let id = SessionID(ids.entityID())
        return try state.withLock { state in
            guard state.logs[id] == nil else { throw StoreError.alreadyExists("session", id) }
            let now = state.index.nextMoment(clock.now)
            let session = Session(
                id: id, agentID: draft.agentID, customerID: draft.customerID, createdAt: now, title: draft.title,
                metadata: draft.metadata, labels: draft.labels)
            state.logs[id] = SessionLog(session)
            state.index.append(id.rawValue, at: now)
            return session
        }
    }

    public func read(_ id: SessionID) async throws -> Session { try log(id).session() }

    /// - Complexity: O(page) without filters, else O(sessions).
    public func list(_ query: SessionQuery) async throws -> Page<Session> {
        let isFiltered = query.agentID != nil || query.customerID != nil || !query.labels.isEmpty
        return state.withLock { state in
            state.index.following(query.page.cursor, query.page.direction).page(
                limit: query.page.limit, countsAll: !isFiltered,
                cursor: { PageCursor(createdAt: $0.createdAt, id: $0.id.rawValue) },
                read: { try? state.logs[SessionID($0)]?.session() }, matches: query.matches)
        }
    }

    public func update(_ id: SessionID, _ change: SessionChange) async throws -> Session {
        try log(id).update(change)
    }

    public func delete(_ id: SessionID) async throws {
        try state.withLock { state in
            guard let log = state.logs.removeValue(forKey: id) else { throw StoreError.notFound("session", id) }
            state.index.remove(id.rawValue, at: try log.session().createdAt)
            try log.markDeleted()
        }
        turns.withLock { $0.removeAll(of: id) }
    }

    public func append(_ draft: EventDraft, to id: SessionID, _ mark: TurnMark?) async throws -> Event {
        let log = try log(id)
        let eventID = EventID(ids.entityID())
        guard let mark else { return try log.append(draft, id: eventID, clock: clock) }
        return try turns.withLock { turns in
            let event = try log.append(draft, id: eventID, clock: clock)
            switch mark {
            case .opens: turns.open(OpenTurn(asking: event, in: id))
            case .closes: turns.close(event.traceID, of: id)
            }
            return event
        }
    }

    public func events(of id: SessionID, matching query: EventQuery) async throws -> [Event] {
        try log(id).events(matching: query)
    }

    public func event(_ event: EventID, of id: SessionID) async throws -> Event { try log(id).event(event) }

    public func update(_ event: EventID, of id: SessionID, _ change: EventChange) async throws -> Event {
        try log(id).update(event, change)
    }

    public func deleteEvents(of id: SessionID, from minOffset: Int) async throws {
        let log = try log(id)
        try turns.withLock { turns in
            try log.deleteEvents(from: minOffset)
            turns.close(askedFrom: max(0, minOffset), in: id)
        }
    }

    public func open(_ turn: OpenTurn) async throws {
        let log = try log(turn.session)
        try turns.withLock { turns in
            // Under the lock: whoever deletes the session removes its turns afterwards.
            _ = try log.session()
            turns.open(turn)
        }
    }

    public func update(_ turn: OpenTurn, under lease: TurnLease?) async throws {
        try turns.withLock { try $0.update(turn) }
    }

    public func close(_ traceID: TraceID, of id: SessionID) async throws {
        turns.withLock { $0.close(traceID, of: id) }
    }

    public func openTurns(of id: SessionID?) async throws -> [OpenTurn] { turns.withLock { $0.list(of: id) } }

    private func log(_ id: SessionID) throws -> SessionLog {
        guard let log = state.withLock({ $0.logs[id] }) else { throw StoreError.notFound("session", id) }
        return log
    }
}
