import ParlantCore

/// Tries a text model again when that may help, within a deadline. A model that asks to wait is left alone by all
/// sessions until then.
struct TextModelAttempts: Sendable {
    let model: any TextModel
    let limits: TextModelService.Limits
    let clock: any TimeSource
    let random: @Sendable () -> Double
    /// Gets a sentence for the log when the model is left alone for a while.
    let onNotice: @Sendable (String) -> Void
    let pauses = PauseBoard()

    /// The time, on the clock's `uptime`, at which an answer that is asked for now is overdue.
    ///
    /// - Parameter limit: The request's own limit; what is beyond ours is cut.
    func deadline(within limit: Duration? = nil) -> Duration {
        clock.uptime + min(limit ?? limits.deadline, limits.deadline)
    }

    /// Runs one call until it succeeds or another attempt would not help. The pause is what the model asks for, else it
    /// grows.
    ///
    /// - Parameter attempts: Raised by the calls that were made.
    /// - Throws: ``ParlantCore/NLPError``; `CancellationError` at once, also from within a pause.
    func run<Value: Sendable>(
        until deadline: Duration, attempts: inout Int, _ call: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        var attempt = 1
        while true {
            try await pauses.waitForTurn(of: model.name, until: deadline, on: clock, random: random, orThrow: paused)
            let sent = clock.uptime
            guard sent < deadline else { throw timedOut }
            let failure: TextModelError
            do {
                attempts += 1
                let value = try await clock.cut(at: deadline, orThrow: timedOut, call)
                pauses.answered(model.name, sent: sent)
                return value
            } catch let error as TextModelError {
                failure = error
            }
            let error = Self.error(of: failure, model.name)
            let now = clock.uptime
            let pause = limits.retries.pause(after: attempt, asked: failure.retryAfter, random: random())
            if failure.retryAfter != nil,
                let pause = pauses.refused(model.name, at: now, sent: sent, pause: { _ in pause })
            {
                onNotice(paused(for: pause).message)
            }
            // A pause that ends after the deadline helps nobody: say now what is wrong.
            guard failure.isRetryable, attempt < limits.retries.attempts, now + pause < deadline else { throw error }
            if failure.retryAfter == nil { try await clock.sleep(for: pause) }
            attempt += 1
        }
    }

    private var timedOut: NLPError {
        NLPError(.timedOut, "\(model.name) did not answer in time; try a faster model")
    }

    private func paused(for pause: Duration) -> NLPError {
        NLPError(
            .rateLimited,
            "\(model.name) wants no requests for \(max(1, Int(pause / .seconds(1)))) s; send fewer requests")
    }

    private static func error(of failure: TextModelError, _ name: String) -> NLPError {
        if failure.retryAfter != nil { return NLPError(.rateLimited, "\(name) asks to wait: \(failure.message)") }
        return NLPError(failure.isRetryable ? .unavailable : .malformed, "\(name) failed: \(failure.message)")
    }
}
