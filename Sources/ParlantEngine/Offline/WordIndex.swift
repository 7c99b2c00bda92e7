import Glibc
import ParlantCore

/// How well messages match one entry, and by which words.
struct WordMatch: Sendable, Equatable {
    /// 0 (nothing in common) to 1 (every word that counts).
    var score: Double
    /// The shared words in the order of the entry's text, in lower case.
    var words: [String]

    /// For people: `words opening, hours match (0.83)`.
    var rationale: String {
        if words.isEmpty { return "no words match" }
        return "\(words.count == 1 ? "word" : "words") \(words.joined(separator: ", "))"
            + " \(words.count == 1 ? "matches" : "match") (\(ScoreText.text(score)))"
    }
}

/// Finds entries by the words that they share with messages. Built once, then read from any task.
///
/// An entry is a list of texts that mean the same; its score is that of its best text. The rarer a word is among the
/// entries, the more it counts: its weight is `ln(1 + n / d)` for `n` entries of which `d` use it (inverse document
/// frequency). A text's score is the geometric mean of two shares, both by weight, so that neither can be small:
///
/// - how much of the text the messages say;
/// - how much of what the messages say the text explains. Words that no entry knows count too, at half the weight of
///   a word of one entry and two of them at most: a remark about something else is held back, and a long story that
///   leads up to the request does not drown it.
struct WordIndex: Sendable {
    /// What a message counts compared with the one after it.
    static let decay = 0.6
    /// Most messages that are looked at; 0.6 to the fourth is below any useful threshold.
    static let horizon = 4
    /// Weight of an unknown word, as a part of that of a word of one entry.
    private static let unknownWeight = 0.5
    /// Unknown words that count at most.
    private static let unknownLimit = 2

    /// What messages say.
    private struct Said {
        /// How much each known word counts, 0 to 1.
        var shares: [Int: Double] = [:]
        /// Weight of everything that counts.
        var weight = 0.0
    }

    private struct Text: Sendable {
        var terms: [Term]
        var weight: Double
    }

    private struct Term: Sendable {
        var id: Int
        var shown: String
    }

    private let vocabulary: [String: Int]
    private let weights: [Double]
    private let entries: [[Text]]

    /// Indexes entries. O(total length).
    init(_ entries: [[String]]) {
        var vocabulary: [String: Int] = [:]
        var users: [Int] = []
        var drafts: [[[Term]]] = []
        for texts in entries {
            var ofEntry: Set<Int> = []
            var draft: [[Term]] = []
            for text in texts {
                var terms: [Term] = []
                for word in WordNormalizer.contentWords(text) {
                    let id = vocabulary[word.stem] ?? users.count
                    if id == users.count {
                        vocabulary[word.stem] = id
                        users.append(0)
                    }
                    guard !terms.contains(where: { $0.id == id }) else { continue }
                    terms.append(Term(id: id, shown: word.folded))
                    ofEntry.insert(id)
                }
                if !terms.isEmpty { draft.append(terms) }
            }
            for id in ofEntry { users[id] += 1 }
            drafts.append(draft)
        }
        let count = Double(max(entries.count, 1))
        let weights = users.map { log(1 + count / Double($0)) }
        self.vocabulary = vocabulary
        self.weights = weights
        self.entries = drafts.map { texts in
            texts.map { terms in Text(terms: terms, weight: terms.reduce(0) { $0 + weights[$1.id] }) }
        }
    }

    /// Scores every entry, in order.
    ///
    /// - Parameter messages: Oldest first. The newest counts fully, each older one ``decay`` of the next, at most
    ///   ``horizon`` of them; a word counts as in the newest message that has it. A thought spread over two messages
    ///   is therefore found.
    /// - Complexity: O(words of the messages + words of all entries).
    func matches(_ messages: [String]) -> [WordMatch] {
        // The newest message alone, then all together: words of older messages must not weaken a clear newest one.
        let newest = said(messages.suffix(1))
        let all = messages.count > 1 ? said(messages.suffix(Self.horizon)) : Said()
        return entries.map { texts in
            var best = WordMatch(score: 0, words: [])
            for text in texts {
                for said in [newest, all] {
                    let match = match(text, said)
                    if match.score > best.score { best = match }
                }
            }
            return best
        }
    }

    private func said(_ messages: ArraySlice<String>) -> Said {
        var said = Said()
        var unknown: Set<String> = []
        var share = 1.0
        for message in messages.reversed() {
            for word in WordNormalizer.contentWords(message) {
                if let id = vocabulary[word.stem] {
                    said.shares[id] = max(said.shares[id] ?? 0, share)
                } else if !word.stem.allSatisfy(\.isNumber) {
                    unknown.insert(word.stem)
                }
            }
            share *= Self.decay
        }
        let rarest = log(1 + Double(max(entries.count, 1)))
        // In the order of the ids: sums of doubles depend on it, and a dictionary's order changes from run to run.
        said.weight = said.shares.sorted { $0.key < $1.key }.reduce(
            Double(min(unknown.count, Self.unknownLimit)) * Self.unknownWeight * rarest
        ) { $0 + weights[$1.key] * $1.value }
        return said
    }

    private func match(_ text: Text, _ said: Said) -> WordMatch {
        var shared = 0.0
        var full = 0.0
        var words: [String] = []
        for term in text.terms {
            guard let share = said.shares[term.id] else { continue }
            shared += weights[term.id] * share
            full += weights[term.id]
            words.append(term.shown)
        }
        guard !words.isEmpty else { return WordMatch(score: 0, words: []) }
        let covered = shared / text.weight
        // The share of older words weakens both: what is only in an old message must not explain it away.
        let explained = shared / said.weight * (shared / full)
        return WordMatch(score: min(1, (covered * explained).squareRoot()), words: words)
    }
}

/// Writes scores for people.
enum ScoreText {
    /// Two digits after the point, without the cost and the locale of a formatter: `0.83`.
    static func text(_ score: Double) -> String {
        let hundredths = Int((min(max(score, -1), 1) * 100).rounded())
        let digits = String(abs(hundredths) % 100)
        return "\(hundredths < 0 ? "-" : "")\(abs(hundredths) / 100).\(digits.count == 1 ? "0" : "")\(digits)"
    }
}
