import ParlantCore
import Synchronization

/// The place of a reader that stays: one ticket and at most one armed timer for any number of waits, one at a time.
/// Given up when nobody holds it any more.
final class ReaderPlace: Sendable {
    let session: SessionID
    private let log: SessionLog
    private let clock: any TimeSource
    private let ticket: UInt64
    private let isTimerArmed = Atomic<Bool>(false)

    /// - Throws: ``EngineError`` `tooManyWaiters`, `shuttingDown`.
    init(in log: SessionLog, of session: SessionID, _ subject: WaiterTable.Subject, clock: any TimeSource) throws {
        ticket = try log.waiters.register(session, subject, isKept: true)
        self.log = log
        self.session = session
        self.clock = clock
    }

    deinit { log.waiters.withdraw(ticket) }

    /// Ends the wait, and every later one, with `CancellationError`.
    func interrupt() { log.waiters.signal([ticket], .cancelled) }

    /// Returns what `look` finds in the log, at once or when it may have changed; nil after `timeout`.
    ///
    /// - Throws: ``StoreError`` `notFound` when the session is deleted; ``EngineError`` `shuttingDown`;
    ///   `CancellationError`; what `look` throws.
    func next<Found: Sendable>(
        _ subject: WaiterTable.Subject, within timeout: Duration, _ look: () async throws -> Found?
    ) async throws -> Found? {
        let deadline = clock.uptime + timeout
        while true {
            try log.waiters.renew(ticket, subject)
            if let found = try await look() { return found }
            let left = deadline - clock.uptime
            guard left > .zero else { return nil }
            // A timer of an earlier wait comes too early for this one; then another is armed for the rest.
            if !isTimerArmed.exchange(true, ordering: .relaxed) { log.wheel.arm(ticket, after: left) }
            switch await log.waiters.wait(for: ticket) {
            case .appended: continue
            case .timedOut: isTimerArmed.store(false, ordering: .relaxed)
            case .sessionDeleted: throw StoreError.notFound("session", session)
            case .cancelled: throw CancellationError()
            case .shuttingDown: throw EngineError.stopping
            }
        }
    }
}
