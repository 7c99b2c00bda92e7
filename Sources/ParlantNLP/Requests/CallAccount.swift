import ParlantCore

/// What one call has cost so far.
struct CallAccount: Sendable {
    /// Requests that were made.
    var attempts = 0
    var usage = TokenUsage()

    /// The error with the account in it.
    func settle(_ error: NLPError) -> NLPError {
        var error = error
        error.usage = usage
        error.attempts = attempts
        return error
    }
}
