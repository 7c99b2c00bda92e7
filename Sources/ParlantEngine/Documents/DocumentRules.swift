/// How much of the documents of customers and agents enters a turn, and how much is kept in memory.
public struct DocumentRules: Sendable, Equatable {
    /// Passages that a prompt shows at most.
    public var passages = 5
    /// Tokens of all passages of a prompt at most, of four bytes each.
    public var promptTokens = 1_500
    /// Bytes of passages, words and vectors that are kept; what was asked longest ago is made anew when it is needed.
    /// An owner whose vectors do not fit is searched by words, and one whose text does not fit is indexed in each
    /// search.
    public var keptBytes = 256 << 20
    /// How long nothing is asked of an embedder that failed.
    public var pauseAfterFailure = Duration.seconds(60)

    public init() {}
}
