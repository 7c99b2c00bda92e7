public import ParlantCore

/// One call of a language model, as it went.
public struct ModelCall: Sendable, Equatable {
    public var step: ModelStep
    /// Name of the request's schema, or of the kind of request where it has none.
    public var name: String
    /// The model that answered, as the provider calls it; empty when it has no name, or when nothing was answered.
    public var model: String
    /// Requests that it took: 1, and more with retries and repairs; 0 where there is no telling.
    public var attempts: Int
    /// From the begin of the turn to the begin of the call.
    public var startedAfter: Duration
    /// From the begin of the call to its end, retries included.
    public var duration: Duration
    /// Zero when the provider does not count.
    public var usage: TokenUsage
    /// Why it brought nothing; nil when it did.
    public var failure: String?

    public init(
        step: ModelStep, name: String, model: String = "", attempts: Int = 1, startedAfter: Duration,
        duration: Duration, usage: TokenUsage, failure: String? = nil
    ) {
        self.step = step
        self.name = name
        self.model = model
        self.attempts = attempts
        self.startedAfter = startedAfter
        self.duration = duration
        self.usage = usage
        self.failure = failure
    }
}
