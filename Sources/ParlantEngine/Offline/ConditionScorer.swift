import ParlantCore

/// Decides without a model which conditions hold, by the words that messages share with them.
///
/// It knows no synonyms, no grammar and no negation: "I do not want a refund" matches "the customer wants a refund",
/// and "money back" does not unless an example says so. Authors get better matches with `examples`, each a message on
/// which the condition holds. The same input always gives the same scores.
struct ConditionScorer: Sendable {
    /// Scores from here on count as a match. Chosen on the labelled pairs of the tests.
    static let threshold = 0.5

    private let index: WordIndex

    /// Prepares the conditions of one agent. O(total length); do it once per snapshot.
    ///
    /// - Parameter guidelines: Conditions and examples, in the order in which scores come. A guideline without either
    ///   always scores 0.
    init(_ guidelines: [(condition: String?, examples: [String])]) {
        index = WordIndex(guidelines.map { ($0.condition.map { [$0] } ?? []) + $0.examples })
    }

    /// Prepares the conditions of these guidelines.
    init(_ guidelines: [Guideline]) {
        self.init(guidelines.map { ($0.content.condition, $0.examples) })
    }

    /// Scores every guideline, in order, with the words that matched.
    ///
    /// - Parameter messages: The customer's messages that count, oldest first; those of ``WordIndex/horizon`` at most.
    /// - Complexity: O(words).
    func matches(messages: [String]) -> [WordMatch] { index.matches(messages) }

    /// The scores alone, 0 to 1, in the order of the guidelines.
    func score(messages: [String]) -> [Double] { matches(messages: messages).map(\.score) }
}
