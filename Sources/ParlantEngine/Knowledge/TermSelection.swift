import ParlantCore

/// Chooses the terms that a conversation needs, so that a large glossary does not fill every prompt.
final class TermSelection: Sendable {
    /// Most terms of a prompt. A glossary that is no larger goes in whole, which costs no thought and keeps prompts the
    /// same from turn to turn.
    static let limit = 20

    private let indices = PreparedAgents<WordIndex>()

    /// Terms that share words with the texts, in the order of definition; all of a small glossary.
    ///
    /// - Parameter texts: What is spoken of: the newest messages, and what applies.
    /// - Complexity: O(words of the texts and of the glossary); the glossary is prepared once per load.
    func terms(for texts: [String], of snapshot: AgentSnapshot) -> [Term] {
        let terms = snapshot.terms
        guard terms.count > Self.limit else { return terms }
        let scores = index(of: snapshot).matches(texts).map(\.score)
        let best = scores.enumerated().filter { $0.element > 0 }
            .sorted { ($0.element, $1.offset) > ($1.element, $0.offset) }.prefix(Self.limit).map(\.offset)
        return best.sorted().map { terms[$0] }
    }

    private func index(of snapshot: AgentSnapshot) -> WordIndex {
        indices.value(for: snapshot) { snapshot in
            // Each way to say it is a text of its own, so that a word for the term alone is a full match.
            WordIndex(snapshot.terms.map { [$0.name] + $0.synonyms + [$0.description] })
        }
    }
}
