import ParlantCore
import Synchronization

/// The process ended here.
struct BrokenOff: Error {}

/// Lets so many steps go through and none after them.
final class Fuse: Sendable {
    private let left: Mutex<Int>

    init(_ steps: Int) { left = Mutex(steps) }

    func burn() throws {
        try left.withLock { left in
            guard left > 0 else { throw BrokenOff() }
            left -= 1
        }
    }
}

/// Sessions whose removal breaks off.
struct BreakingSessionStore: SessionStore {
    let inner: any SessionStore
    let fuse: Fuse

    func delete(_ id: SessionID) async throws {
        try fuse.burn()
        try await inner.delete(id)
    }

    func create(_ draft: SessionDraft) async throws -> Session { try await inner.create(draft) }
    func read(_ id: SessionID) async throws -> Session { try await inner.read(id) }
    func list(_ query: SessionQuery) async throws -> Page<Session> { try await inner.list(query) }
    func update(_ id: SessionID, _ change: SessionChange) async throws -> Session { try await inner.update(id, change) }
    func append(_ draft: EventDraft, to id: SessionID, _ mark: TurnMark?) async throws -> Event {
        try await inner.append(draft, to: id, mark)
    }
    func events(of id: SessionID, matching query: EventQuery) async throws -> [Event] {
        try await inner.events(of: id, matching: query)
    }
    func event(_ event: EventID, of id: SessionID) async throws -> Event { try await inner.event(event, of: id) }
    func update(_ event: EventID, of id: SessionID, _ change: EventChange) async throws -> Event {
        try await inner.update(event, of: id, change)
    }
    func deleteEvents(of id: SessionID, from minOffset: Int) async throws {
        try await inner.deleteEvents(of: id, from: minOffset)
    }
    func open(_ turn: OpenTurn) async throws { try await inner.open(turn) }
    func update(_ turn: OpenTurn, under lease: TurnLease?) async throws {
        try await inner.update(turn, under: lease)
    }
    func close(_ traceID: TraceID, of id: SessionID) async throws { try await inner.close(traceID, of: id) }
    func openTurns(of id: SessionID?) async throws -> [OpenTurn] { try await inner.openTurns(of: id) }
}

/// Explanations whose removal breaks off.
struct BreakingExplanationStore: ExplanationStore {
    let inner: any ExplanationStore
    let fuse: Fuse

    func deleteAll(of session: SessionID) async throws {
        try fuse.burn()
        try await inner.deleteAll(of: session)
    }

    func save(_ explanation: Explanation) async throws { try await inner.save(explanation) }
    func find(_ traceID: TraceID, of session: SessionID) async throws -> Explanation? {
        try await inner.find(traceID, of: session)
    }
    func traces(of session: SessionID) async throws -> [TraceID] { try await inner.traces(of: session) }
}
