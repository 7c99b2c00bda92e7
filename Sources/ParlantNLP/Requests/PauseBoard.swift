import ParlantCore
import Synchronization

/// When a model may be asked again after it said that it is asked too much: one pause for all who ask it.
///
/// Times are readings of one clock's `uptime`.
struct PauseState: Sendable, Equatable {
    private var began: Duration?
    private var until: Duration = .zero
    /// Refusals in a row, each of a request that was sent after the pause before it.
    private(set) var refusals = 0

    /// A model that nobody has asked yet.
    init() {}

    /// How long a request must wait.
    func wait(at now: Duration) -> Duration { max(until - now, .zero) }

    /// Notes that a request was refused.
    ///
    /// Requests that were under way together are refused together: only the first makes the pause longer.
    ///
    /// - Parameters:
    ///   - sent: When the request was sent.
    ///   - pause: How long all must wait, by how many refusals there were in a row.
    mutating func refused(at now: Duration, sent: Duration, pause: (_ refusals: Int) -> Duration) {
        if sent >= until || began == nil {
            refusals += 1
            began = now
        }
        until = max(until, now + pause(max(refusals, 1)))
    }

    /// Notes that a request was answered.
    mutating func answered(sent: Duration) {
        if sent >= until { refusals = 0 }
    }
}

/// The pauses of an endpoint's models, shared by all sessions.
final class PauseBoard: Sendable {
    private let states = Mutex<[String: PauseState]>([:])

    /// How long a request to a model must wait.
    func wait(for model: String, at now: Duration) -> Duration {
        states.withLock { $0[model]?.wait(at: now) ?? .zero }
    }

    /// Waits until a model may be asked. Those who waited together come back one after the other, spread at random over
    /// a quarter of the pause, a second at most.
    ///
    /// - Parameters:
    ///   - deadline: On the clock's `uptime`.
    ///   - late: The error for a pause that ends after the deadline; it is thrown at once.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func waitForTurn(
        of model: String, until deadline: Duration, on clock: any TimeSource, random: () -> Double,
        orThrow late: (_ pause: Duration) -> NLPError
    ) async throws {
        try Task.checkCancellation()
        while case let pause = wait(for: model, at: clock.uptime), pause > .zero {
            let whole = pause + min(pause / 4, .seconds(1)) * random()
            guard clock.uptime + whole < deadline else { throw late(pause) }
            try await clock.sleep(for: whole)
        }
    }

    /// Notes that a model refused a request; see ``PauseState/refused(at:sent:pause:)``.
    ///
    /// - Returns: How long the model is left alone, when it was not already.
    func refused(
        _ model: String, at now: Duration, sent: Duration, pause: (_ refusals: Int) -> Duration
    ) -> Duration? {
        states.withLock { states in
            // There are as many states as the configuration names models.
            let before = states[model, default: PauseState()]
            states[model, default: PauseState()].refused(at: now, sent: sent, pause: pause)
            let whole = states[model]?.wait(at: now) ?? .zero
            return before.wait(at: now) == .zero && whole > .zero ? whole : nil
        }
    }

    /// Notes that a model answered a request.
    func answered(_ model: String, sent: Duration) { states.withLock { $0[model]?.answered(sent: sent) } }
}
