import ParlantCore

/// Tries a text model again when that may help, within a deadline.
struct TextModelAttempts: Sendable {
    let model: any TextModel
    let limits: TextModelService.Limits
    let clock: any TimeSource
    let random: @Sendable () -> Double

    /// The time, on the clock's `uptime`, at which an answer that is asked for now is overdue.
    ///
    /// - Parameter limit: The request's own limit; what is beyond ours is cut.
    func deadline(within limit: Duration? = nil) -> Duration {
        clock.uptime + min(limit ?? limits.deadline, limits.deadline)
    }

    /// Runs one call until it succeeds or another attempt would not help. The pause is what the model asks for, else it
    /// grows.
    ///
    /// - Throws: ``NLPError``; `CancellationError` at once, also from within a pause.
    func run<Value: Sendable>(
        until deadline: Duration, attempts: inout Int, _ call: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        var attempt = 1
        while true {
            try Task.checkCancellation()
            guard clock.uptime < deadline else { throw timedOut }
            let failure: TextModelError
            do {
                attempts += 1
                return try await clock.cut(at: deadline, orThrow: timedOut, call)
            } catch let error as TextModelError {
                failure = error
            }
            let error = Self.error(of: failure, model.name)
            guard failure.isRetryable, attempt < limits.retries.attempts else { throw error }
            let pause = limits.retries.pause(after: attempt, asked: failure.retryAfter, random: random())
            // A pause that ends after the deadline helps nobody: say now what is wrong.
            guard clock.uptime + pause < deadline else { throw error }
            try await clock.sleep(for: pause)
            attempt += 1
        }
    }

    private var timedOut: NLPError {
        NLPError(.timedOut, "\(model.name) did not answer in time; try a faster model")
    }

    private static func error(of failure: TextModelError, _ name: String) -> NLPError {
        if failure.retryAfter != nil { return NLPError(.rateLimited, "\(name) asks to wait: \(failure.message)") }
        return NLPError(failure.isRetryable ? .unavailable : .malformed, "\(name) failed: \(failure.message)")
    }
}
