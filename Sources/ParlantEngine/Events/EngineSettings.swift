/// Limits and fixed phrases of the event engine.
public struct EngineSettings: Sendable {
    /// Readers that may wait for events of one session at the same time.
    public var waitersPerSession = 64
    /// Readers that may wait for events at the same time.
    public var waitersInAll = 20_000
    /// Messages of one session that may wait for turns of their own, for agents with ``DoubleText/enqueue``.
    public var queuedTurnsPerSession = 32
    /// Newest events of a session that a turn looks at, so that a long conversation does not slow down.
    public var historyEvents = 400
    /// Messages of the conversation that a model is shown.
    public var promptMessages = 40
    /// How a model judges conditions.
    public var matching = MatchingPolicy()
    /// How long running turns may go on when the server stops; then they are cancelled.
    public var drainGrace = Duration.seconds(10)
    /// How often a turn may begin, when the server or its store fails again and again in the middle of it.
    public var turnBegins = 3
    /// When a model is asked which guidelines a reply really followed.
    public var responseAnalysis = ResponseAnalysisRule.whereItMatters
    /// How much of documents enters a turn.
    public var documents = DocumentRules()
    /// What language models may cost.
    public var budgets = Budgets()
    /// How conversations are remembered, where agents want it.
    public var memory = MemoryPolicy()
    /// What the agent says by itself.
    public var phrases = Phrases()

    public init() {}

    /// What an agent says where it may not or cannot write freely. Templates of canned responses.
    public struct Phrases: Sendable {
        /// No canned response fits. The reference's words.
        public var noMatch = "Not sure I understand. Could you please say that another way?"
        /// Arguments of a tool are missing.
        public var missingParameters = "Could you please tell me: {{std.missing_params}}?"
        /// A value did not pass a check.
        public var invalidParameters = "I cannot use that value: {{std.invalid_params}}."
        /// A tool said why it could not do what was asked.
        public var toolFailure = "I could not do that: {{std.failure_reason}}."
        /// A tool broke.
        public var toolDefect = "Something went wrong on my side. Please try again later."

        public init() {}
    }
}

/// When a model is asked, after a reply, which of its guidelines were followed. Where none is asked, all count that are
/// tracked.
public enum ResponseAnalysisRule: Sendable, CaseIterable {
    case never
    /// When one of them has high criticality, or its action needs something of the customer.
    case whereItMatters
    case always
}
