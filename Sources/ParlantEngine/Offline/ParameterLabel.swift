import ParlantCore

/// The names by which customers may call a parameter.
struct ParameterLabel {
    /// Words of names that say only that something is a value.
    private static let generic: Set<String> = [
        "number", "num", "no", "nr", "id", "code", "count", "amount", "value", "of", "the", "in", "total", "new", "my",
    ]

    /// The name and the display name as stems, the longer first.
    let phrases: [[String]]
    /// The phrases without generic words at their end: `order` for `order_id`.
    let shortPhrases: [[String]]
    /// Single stems that hint at the parameter when they stand near a value.
    let hints: Set<String>

    /// Derives the names. O(length of the names).
    init(_ parameter: ToolParameter) {
        var phrases: [[String]] = []
        for name in [parameter.displayName, parameter.name].compactMap({ $0 }) {
            let stems = WordNormalizer.words(Self.spaced(name)).map(\.stem)
            if !stems.isEmpty, !phrases.contains(stems) { phrases.append(stems) }
        }
        self.phrases = phrases.sorted { $0.count > $1.count }
        shortPhrases = phrases.compactMap { phrase in
            let short = Array(phrase.reversed().drop(while: Self.generic.contains).reversed())
            return short.isEmpty ? nil : short
        }
        hints = Set(phrases.joined()).subtracting(Self.generic)
    }

    /// Places where the full name stands.
    func places(in text: ArgumentText) -> [Range<Int>] { phrases.flatMap { text.places(of: $0) } }

    /// Words between a value and the nearest hint; nil when no hint stands in the message.
    func distance(from range: Range<Int>, in text: ArgumentText) -> Int? {
        text.tokens.filter { hints.contains($0.word.stem) }.compactMap { text.distance($0.range, range) }.min()
    }

    /// `checkIn_date` as `check In date`.
    private static func spaced(_ name: String) -> String {
        var spaced = ""
        for character in name {
            if character == "_" {
                spaced.append(" ")
            } else {
                if character.isUppercase, spaced.last?.isLowercase == true { spaced.append(" ") }
                spaced.append(character)
            }
        }
        return spaced
    }
}
