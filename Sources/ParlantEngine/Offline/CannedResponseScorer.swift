import ParlantCore

/// Ranks canned responses without a model, by the words that messages share with their signals and texts.
///
/// Built on ``WordIndex`` like ``ConditionScorer``; placeholders of templates do not count as words.
struct CannedResponseScorer: Sendable {
    private let index: WordIndex

    /// Prepares responses in the order in which scores come. O(total length); do it once per snapshot.
    init(_ responses: [CannedResponse]) {
        index = WordIndex(responses.map { $0.signals + [$0.template.literalText] })
    }

    /// Scores every response, in order, with the words that matched.
    ///
    /// - Parameter messages: What the reply answers, oldest first: the customer's messages, and the actions of the
    ///   guidelines that apply if the engine wants them to count.
    /// - Complexity: O(words).
    func matches(messages: [String]) -> [WordMatch] { index.matches(messages) }
}
