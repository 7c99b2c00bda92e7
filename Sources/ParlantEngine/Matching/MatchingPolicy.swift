/// How a model judges conditions: each way to save calls and tokens by name, so that it can be switched off and
/// measured. `Benchmarks/README.md` has figures of the defaults.
public struct MatchingPolicy: Sendable, Equatable {
    /// From how many conditions on those are left out that cannot hold (``CandidateNarrowing``); nil: never. Fewer
    /// conditions are not worth a request to the embedder. Without an embedder nothing is left out: words alone would
    /// lose too much.
    public var narrowsFrom: Int? = 80
    /// How much is kept when conditions are left out.
    public var narrowing = CandidateNarrowing.Bounds()
    /// Conditions are judged in one request as long as they take this many tokens at most, else in several at once.
    public var batchTokens = 8_000
    /// Whether a verdict counts again while everything that it was judged by is the same.
    public var keepsVerdicts = true
    /// Whether conditions come before the conversation, the same in every request of an agent, so that providers can
    /// reuse what they have read. Otherwise only those that are judged are sent, behind the conversation.
    public var hasStablePrefix = true
    /// Whether a guideline that was followed is judged by whether its condition came up anew.
    public var judgesFollowedAnew = true
    /// Whether guidelines of low criticality are judged with the others, not in a request of their own.
    public var judgesLowCriticalityTogether = true

    public init() {}
}
