import ParlantCore

/// Lengths of time in a customer's message, as seconds.
enum DurationScanner {
    private static let units: [String: Int64] = [
        "second": 1, "seconds": 1, "sec": 1, "secs": 1, "minute": 60, "minutes": 60, "min": 60, "mins": 60,
        "hour": 3600, "hours": 3600, "hr": 3600, "hrs": 3600, "h": 3600, "day": 86400, "days": 86400,
        "week": 604_800, "weeks": 604_800,
    ]

    /// All durations in order: a number and a unit from seconds to weeks ("2 hours", "90min", "an hour", "half an
    /// hour"), several in a row added up ("1 hour and 30 minutes"). Months have no fixed length and do not count.
    static func durations(in text: ArgumentText) -> [FoundValue] {
        var parts: [(seconds: Double, range: Range<Int>)] = []
        let numbers = NumberScanner.numbers(in: text)
        for token in text.tokens {
            if let amount = attached(token.word.folded) { parts.append((amount, token.range)) }
            guard let unit = units[token.word.folded] else { continue }
            if let amount = amount(before: token.range.lowerBound, in: text, numbers) {
                parts.append((amount.value * Double(unit), amount.start..<token.range.upperBound))
            }
        }
        var joined: [(seconds: Double, range: Range<Int>)] = []
        for part in parts.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            if let last = joined.last, part.range.lowerBound >= last.range.upperBound,
                ["", "and"].contains(
                    WordNormalizer.words(text.text(last.range.upperBound..<part.range.lowerBound))
                        .map(\.folded).joined(separator: " ")),
                part.range.lowerBound - last.range.upperBound <= 6
            {
                joined[joined.count - 1] = (
                    last.seconds + part.seconds, last.range.lowerBound..<part.range.upperBound
                )
            } else {
                joined.append(part)
            }
        }
        return joined.map { FoundValue(value: value($0.seconds), range: $0.range) }
    }

    /// `90min` and `2h` are one word each.
    private static func attached(_ word: String) -> Double? {
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let amount = Double(digits), let unit = units[String(word.dropFirst(digits.count))]
        else { return nil }
        return amount * Double(unit)
    }

    /// The number that ends right before a position.
    private static func amount(
        before position: Int, in text: ArgumentText, _ numbers: [FoundValue]
    ) -> (value: Double, start: Int)? {
        for found in numbers {
            if found.range.upperBound <= position, text.isBlank(found.range.upperBound..<position),
                let number = found.value.number, number >= 0
            {
                return (number, found.range.lowerBound)
            }
        }
        let before = text.tokens.prefix { $0.range.upperBound <= position }
        guard let article = before.last, ["a", "an"].contains(article.word.folded),
            text.isBlank(article.range.upperBound..<position)
        else { return nil }
        if let half = before.dropLast().last, half.word.folded == "half" { return (0.5, half.range.lowerBound) }
        return (1, article.range.lowerBound)
    }

    private static func value(_ seconds: Double) -> JSONValue {
        Int64(exactly: seconds).map(JSONValue.integer) ?? .number(seconds)
    }
}
