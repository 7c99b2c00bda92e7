public import ParlantCore
import Synchronization

/// Reads a session's events one batch after the other, each event once, and waits where the log ends.
///
/// Holds no events: each batch comes from the log by its offset, so a slow reader costs what a fast one does. It counts
/// as one waiting reader until it is released. Use it from one task at a time.
public final class EventReader: Sendable {
    private let place: ReaderPlace
    private let log: SessionLog
    private let query: Mutex<EventQuery>

    init(_ log: SessionLog, of session: SessionID, _ query: EventQuery, clock: any TimeSource) throws {
        place = try ReaderPlace(in: log, of: session, .events(query), clock: clock)
        self.log = log
        self.query = Mutex(query)
    }

    /// Ends the reading from outside: a wait, and every later one, throws `CancellationError`.
    public func interrupt() { place.interrupt() }

    /// The next events that match, at least one and at most the query's limit: at once if there are any, else when the
    /// first comes; nil when none has come within `timeout`.
    ///
    /// - Throws: ``StoreError`` `notFound` when the session is deleted; ``EngineError`` `shuttingDown`;
    ///   `CancellationError`.
    public func next(within timeout: Duration) async throws -> [Event]? {
        let wanted = query.withLock { $0 }
        let events = try await place.next(.events(wanted), within: timeout) { () -> [Event]? in
            let events = try await log.store.events(of: place.session, matching: wanted)
            return events.isEmpty ? nil : events
        }
        if let last = events?.last { query.withLock { $0.minOffset = last.offset + 1 } }
        return events
    }
}

/// Reads one event again each time it has changed.
///
/// Counts as one waiting reader until it is released. Use it from one task at a time.
public final class EventWatch: Sendable {
    private let place: ReaderPlace
    private let log: SessionLog
    private let event: EventID
    private let seen = Atomic<Int>(-1)

    init(_ log: SessionLog, of session: SessionID, _ event: EventID, clock: any TimeSource) throws {
        place = try ReaderPlace(in: log, of: session, .changes(event), clock: clock)
        self.log = log
        self.event = event
    }

    /// Ends the reading from outside: a wait, and every later one, throws `CancellationError`.
    public func interrupt() { place.interrupt() }

    /// The event as it is, the first time; after that as it is when it has changed. Changes in quick succession may be
    /// seen as one. Nil when it has not changed within `timeout`.
    ///
    /// - Throws: ``StoreError`` `notFound` when the event or its session is deleted; ``EngineError`` `shuttingDown`;
    ///   `CancellationError`.
    public func next(within timeout: Duration) async throws -> Event? {
        let revision = seen.load(ordering: .relaxed)
        let changed = try await place.next(.changes(event), within: timeout) { () -> Event? in
            let latest = try await log.store.event(event, of: place.session)
            return latest.revision > revision ? latest : nil
        }
        if let changed { seen.store(changed.revision, ordering: .relaxed) }
        return changed
    }
}
