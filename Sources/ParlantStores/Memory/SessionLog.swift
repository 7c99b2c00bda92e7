import ParlantCore
import Synchronization

/// One session with its events, behind a lock of its own, so that sessions do not wait for each other.
final class SessionLog: Sendable {
    private struct State {
        var session: Session
        /// An event's offset is its index; nil where one was deleted.
        var events: [Event?] = []
        /// Time of the newest event, which may be deleted.
        var newest: Timestamp?
        var offsets: [EventID: Int] = [:]
        /// Set when the session was deleted while somebody still held this object.
        var isDeleted = false
    }

    private let state: Mutex<State>
    let id: SessionID

    init(_ session: Session) {
        id = session.id
        state = Mutex(State(session: session))
    }

    func session() throws -> Session { try locked { $0.session } }

    func update(_ change: SessionChange) throws -> Session {
        try locked { state in
            try change.apply(to: &state.session)
            return state.session
        }
    }

    func append(_ draft: EventDraft, id eventID: EventID, clock: any TimeSource) throws -> Event {
        try locked { state in
            guard state.offsets[eventID] == nil else { throw StoreError.alreadyExists("event", eventID) }
            var now = clock.now
            if let newest = state.newest { now = max(now, newest) }
            let event = Event(
                id: eventID, source: draft.source, kind: draft.kind, offset: state.events.count, createdAt: now,
                traceID: draft.traceID, data: draft.data, metadata: draft.metadata)
            state.offsets[eventID] = event.offset
            state.events.append(event)
            state.newest = now
            return event
        }
    }

    func events(matching query: EventQuery) throws -> [Event] {
        // Under the lock: a slice that is read outside of it would make a concurrent append copy the whole log.
        try locked { state in query.events(in: state.events) }
    }

    func event(_ eventID: EventID) throws -> Event {
        try locked { state in
            guard let offset = state.offsets[eventID], let event = state.events[offset] else {
                throw StoreError.notFound("event", eventID)
            }
            return event
        }
    }

    func update(_ eventID: EventID, _ change: EventChange) throws -> Event {
        try locked { state in
            guard let offset = state.offsets[eventID], var event = state.events[offset] else {
                throw StoreError.notFound("event", eventID)
            }
            change.apply(to: &event)
            state.events[offset] = event
            return event
        }
    }

    func deleteEvents(from minOffset: Int) throws {
        try locked { state in
            for offset in state.events.indices.dropFirst(max(0, minOffset)) {
                guard let event = state.events[offset] else { continue }
                state.offsets.removeValue(forKey: event.id)
                state.events[offset] = nil
            }
        }
    }

    /// Empties the log; from now on everything throws `notFound`.
    func markDeleted() throws {
        try locked { state in
            state.isDeleted = true
            state.events = []
            state.offsets = [:]
        }
    }

    func record() throws -> SessionRecord {
        try locked { state in
            let end = state.newest.map { SessionRecord.End(offset: state.events.count - 1, moment: $0) }
            return SessionRecord(state.session, end: end)
        }
    }

    func restore(_ record: SessionRecord) throws {
        try locked { state in
            state.session = record.session
            if let end = record.end { Self.grow(&state, to: end) }
        }
    }

    func restore(_ event: Event) throws {
        try locked { state in
            Self.grow(&state, to: .init(offset: event.offset, moment: event.createdAt))
            state.events[event.offset] = event
            state.offsets[event.id] = event.offset
        }
    }

    /// Makes all places up to this one used, whether or not there is an event in them.
    private static func grow(_ state: inout State, to end: SessionRecord.End) {
        let missing = end.offset + 1 - state.events.count
        if missing > 0 { state.events.append(contentsOf: repeatElement(nil, count: missing)) }
        state.newest = max(state.newest ?? end.moment, end.moment)
    }

    private func locked<Value>(_ body: (inout sending State) throws -> sending Value) throws -> sending Value {
        try state.withLock { state in
            guard !state.isDeleted else { throw StoreError.notFound("session", id) }
            return try body(&state)
        }
    }
}
