import Glibc

/// Ranks texts by the words that a question shares with them (BM25). Built once, then read from any task.
///
/// The rarer a word is among the texts, the more it counts: `ln(1 + n / d)` for `n` texts of which `d` have it, and less
/// when it is one of ``FunctionWords/everyday``. A word that comes again counts less each time, and one in a long text
/// less than in a short one.
struct WordRanking: Sendable {
    /// How well a text answers a question.
    struct Score: Sendable, Equatable {
        /// The position of the text.
        var text: Int
        /// 0 (nothing in common) upwards; 1 is a text of usual length that has each word of the question once.
        var relevance: Double
    }

    /// How slowly further uses of a word lose weight.
    private static let saturation = 1.2
    /// How much the length of a text counts, 0 to 1.
    private static let lengthShare = 0.75
    /// What a word that no text has counts, compared with the word of one text, and how many of them count at most: a
    /// question may be told in a long story.
    private static let unknownWeight = 0.5
    private static let unknownLimit = 3
    /// What an everyday word counts, compared with another that is as rare.
    private static let everydayWeight = 0.3

    private struct Use: Sendable {
        var text: Int
        var count: Int
    }

    private let uses: [String: [Use]]
    /// For each text its words, divided by the mean of all.
    private let lengths: [Double]

    /// Indexes texts. O(total length).
    ///
    /// - Parameter texts: Words of the title count as one use in every text under it, and add no length.
    init(_ texts: [(title: String, text: String)]) {
        var uses: [String: [Use]] = [:]
        var lengths: [Double] = []
        for (position, entry) in texts.enumerated() {
            let words = FunctionWords.content(of: entry.text)
            var counts: [String: Int] = [:]
            for word in words { counts[word.stem, default: 0] += 1 }
            for word in Set(FunctionWords.content(of: entry.title).map(\.stem)) { counts[word, default: 0] += 1 }
            for (word, count) in counts { uses[word, default: []].append(Use(text: position, count: count)) }
            lengths.append(Double(words.count))
        }
        let mean = max(lengths.reduce(0, +) / Double(max(lengths.count, 1)), 1)
        self.uses = uses
        self.lengths = lengths.map { $0 / mean }
    }

    /// The texts that share a word with a question, best first, those of equal relevance in their order.
    ///
    /// - Complexity: O(words of the question + uses of those words × log).
    func search(_ question: String) -> [Score] {
        var seen: Set<String> = []
        let words = FunctionWords.content(of: question).filter { seen.insert($0.stem).inserted }
        var asked = 0.0
        var unknown = 0
        var isSpecific = false
        var relevance: [Int: Double] = [:]
        for word in words {
            guard let uses = uses[word.stem] else {
                if !word.isEveryday { unknown += 1 }
                continue
            }
            if !word.isEveryday { isSpecific = true }
            let weight = weight(uses.count) * (word.isEveryday ? Self.everydayWeight : 1)
            asked += weight
            for use in uses {
                let count = Double(use.count)
                let length = 1 - Self.lengthShare + Self.lengthShare * lengths[use.text]
                let share = count * (Self.saturation + 1) / (count + Self.saturation * length)
                relevance[use.text, default: 0] += weight * share
            }
        }
        asked += Double(min(unknown, Self.unknownLimit)) * Self.unknownWeight * weight(1)
        // Everyday words alone are no question: nothing comes up because somebody said "old".
        if !isSpecific { asked = max(asked, weight(1)) }
        return relevance.map { Score(text: $0, relevance: $1 / asked) }
            .sorted { ($0.relevance, $1.text) > ($1.relevance, $0.text) }
    }

    private func weight(_ users: Int) -> Double { log(1 + Double(lengths.count) / Double(users)) }
}
