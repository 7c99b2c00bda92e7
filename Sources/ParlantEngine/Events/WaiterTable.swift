import ParlantCore
import Synchronization

/// Readers that wait for events, by session. An append wakes exactly those that it concerns.
///
/// A reader registers *before* it looks into the store and waits afterwards, so that an append in between is not
/// missed: it only finds its ticket signalled already. Waiting costs one table entry and no task of its own.
///
/// A ticket serves one wait, or, when it is kept, any number of them one after the other: between them it is idle, and
/// still counts as a reader.
final class WaiterTable: Sendable {
    /// Why a reader was woken.
    enum Outcome: Sendable, Equatable {
        case appended, timedOut, sessionDeleted, cancelled, shuttingDown

        /// Whether it ends every later wait of the ticket, too.
        var isFinal: Bool {
            switch self {
            case .appended, .timedOut: false
            case .sessionDeleted, .cancelled, .shuttingDown: true
            }
        }
    }

    /// What a reader waits for.
    enum Subject: Sendable {
        /// The next event that matches.
        case events(EventQuery)
        /// The next change of this event.
        case changes(EventID)
    }

    private enum Phase {
        /// Kept between two waits.
        case idle
        case registered
        case signalled(Outcome)
        case waiting(CheckedContinuation<Outcome, Never>)
    }

    private struct Waiter {
        var session: SessionID
        var subject: Subject
        var isKept: Bool
        var phase: Phase = .registered
    }

    private struct State {
        var nextID: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
        var bySession: [SessionID: [UInt64]] = [:]
        var isClosed = false
    }

    private let limits: Limits
    private let state = Mutex(State())

    /// How many readers may wait at the same time.
    struct Limits: Sendable {
        var perSession: Int
        var inAll: Int
    }

    init(limits: Limits) { self.limits = limits }

    /// Number of readers that are registered.
    var count: Int { state.withLock { $0.waiters.count } }

    /// Registers a reader and returns its ticket, which serves one wait unless it is kept.
    ///
    /// - Throws: ``EngineError`` `tooManyWaiters` or `shuttingDown`; then nothing is registered.
    func register(_ session: SessionID, _ subject: Subject, isKept: Bool = false) throws -> UInt64 {
        try state.withLock { state in
            guard !state.isClosed else { throw EngineError.stopping }
            guard state.waiters.count < limits.inAll, state.bySession[session]?.count ?? 0 < limits.perSession else {
                throw EngineError(
                    .tooManyWaiters,
                    "too many requests wait for events (at most \(limits.perSession) per session and \(limits.inAll) "
                        + "in all); close some, or ask with wait_for_data=0")
            }
            state.nextID += 1
            let id = state.nextID
            state.waiters[id] = Waiter(session: session, subject: subject, isKept: isKept)
            state.bySession[session, default: []].append(id)
            return id
        }
    }

    /// Makes a kept ticket ready for its next wait, for the same subject or another. What ends waits for good stays
    /// signalled.
    ///
    /// - Throws: ``EngineError`` `shuttingDown`.
    func renew(_ id: UInt64, _ subject: Subject) throws {
        try state.withLock { state in
            guard !state.isClosed else { throw EngineError.stopping }
            state.waiters[id]?.subject = subject
            switch state.waiters[id]?.phase {
            case .idle, .signalled(.appended): state.waiters[id]?.phase = .registered
            default: break
            }
        }
    }

    /// Forgets a ticket that was not waited for, or is not to be kept any longer.
    func withdraw(_ id: UInt64) {
        state.withLock { _ = Self.remove(id, &$0) }
    }

    /// Waits until the ticket is signalled, and forgets it. Cancelling the task ends the wait at once.
    func wait(for id: UInt64) async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome: Outcome? = state.withLock { state in
                    guard let waiter = state.waiters[id] else { return .cancelled }
                    if case .signalled(let outcome) = waiter.phase {
                        Self.release(id, outcome, &state)
                        return outcome
                    }
                    state.waiters[id]?.phase = .waiting(continuation)
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            signal([id], .cancelled)
        }
    }

    /// Wakes the readers of the event's session whose question it answers. Call it after the append is durable.
    func appended(_ event: Event, to session: SessionID) {
        wake(session) { if case .events(let query) = $0 { query.matches(event) } else { false } }
    }

    /// Wakes the readers that wait for changes of the event. Call it after the change is durable.
    func changed(_ event: EventID, of session: SessionID) {
        wake(session) { if case .changes(event) = $0 { true } else { false } }
    }

    /// Wakes all readers that wait for changes of events of a session, because some were deleted.
    func deletedEvents(of session: SessionID) {
        wake(session) { if case .changes = $0 { true } else { false } }
    }

    /// Wakes all readers, because anything may have happened.
    func wakeAll() {
        let ids = state.withLock { Array($0.waiters.keys) }
        signal(ids, .appended)
    }

    private func wake(_ session: SessionID, where concerns: (Subject) -> Bool) {
        let ready: [CheckedContinuation<Outcome, Never>] = state.withLock { state in
            guard let ids = state.bySession[session] else { return [] }
            return ids.compactMap { id in
                guard let waiter = state.waiters[id], concerns(waiter.subject) else { return nil }
                return Self.signal(id, .appended, &state)
            }
        }
        for continuation in ready { continuation.resume(returning: .appended) }
    }

    /// Ends the given tickets' waits. Unknown ids are ignored.
    func signal(_ ids: [UInt64], _ outcome: Outcome) {
        let ready = state.withLock { state in ids.compactMap { Self.signal($0, outcome, &state) } }
        for continuation in ready { continuation.resume(returning: outcome) }
    }

    /// Ends all waits on a session that is gone.
    func deleted(_ session: SessionID) {
        signal(state.withLock { $0.bySession[session] ?? [] }, .sessionDeleted)
    }

    /// Ends all waits and refuses new ones.
    func close() {
        let ids = state.withLock { state in
            state.isClosed = true
            return Array(state.waiters.keys)
        }
        signal(ids, .shuttingDown)
    }

    private static func signal(
        _ id: UInt64, _ outcome: Outcome, _ state: inout State
    ) -> CheckedContinuation<Outcome, Never>? {
        switch state.waiters[id]?.phase {
        case .registered:
            state.waiters[id]?.phase = .signalled(outcome)
            return nil
        case .idle:
            if outcome != .appended { state.waiters[id]?.phase = .signalled(outcome) }
            return nil
        case .waiting(let continuation):
            release(id, outcome, &state)
            return continuation
        case .signalled(let earlier):
            // What ends waits for good must not get lost behind an append. Nor must a kept ticket's time-out: its owner
            // looks again after either, and arms no new timer before it has heard of the one that has fired.
            let counts = outcome.isFinal || earlier == .appended && state.waiters[id]?.isKept == true
            if counts, !earlier.isFinal { state.waiters[id]?.phase = .signalled(outcome) }
            return nil
        case nil: return nil
        }
    }

    /// Ends one wait of a ticket.
    private static func release(_ id: UInt64, _ outcome: Outcome, _ state: inout State) {
        if state.waiters[id]?.isKept == true {
            state.waiters[id]?.phase = outcome.isFinal ? .signalled(outcome) : .idle
        } else {
            _ = remove(id, &state)
        }
    }

    private static func remove(_ id: UInt64, _ state: inout State) -> Waiter? {
        guard let waiter = state.waiters.removeValue(forKey: id) else { return nil }
        state.bySession[waiter.session]?.removeAll { $0 == id }
        if state.bySession[waiter.session]?.isEmpty == true { state.bySession[waiter.session] = nil }
        return waiter
    }
}
