import ParlantCore

/// Numbers in a customer's message.
enum NumberScanner {
    private static let words: [String: Int64] = [
        "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
        "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
        "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    ]
    /// "that one", "one of them": words around "one" that make it no number.
    private static let pronounBefore: Set<String> = [
        "that", "this", "which", "first", "second", "third", "the", "another", "other", "any", "no", "each", "every",
        "some", "right", "last",
    ]
    private static let pronounAfter: Set<String> = ["of", "is", "was", "more", "thing", "day", "another"]

    /// All numbers in order: digits with grouping and decimals ("1,250.50", "1.250,50", "-3"), and words from zero to
    /// twenty. No ordinals ("3rd"), no digits that are part of something longer (`A-113`, `10:30`, `2026-03-01`,
    /// `1.2.3`); currency signs and percent signs may touch.
    static func numbers(in text: ArgumentText) -> [FoundValue] {
        (digits(in: text) + numerals(in: text)).sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    private static func numerals(in text: ArgumentText) -> [FoundValue] {
        text.tokens.compactMap { token in
            guard let value = words[token.word.folded] else { return nil }
            if value == 1 {
                let before = text.words(before: token.range.lowerBound, 1)
                let after = text.words(after: token.range.upperBound, 1)
                let ordinal = before.contains { $0.first?.isNumber == true && $0.last?.isLetter == true }
                if ordinal || before.contains(where: pronounBefore.contains)
                    || after.contains(where: pronounAfter.contains)
                {
                    return nil
                }
            }
            return FoundValue(value: .integer(value), range: token.range)
        }
    }

    private static func digits(in text: ArgumentText) -> [FoundValue] {
        var found: [FoundValue] = []
        var index = 0
        while index < text.characters.count {
            guard isDigit(text.characters[index]) else {
                index += 1
                continue
            }
            let start = index
            while let character = text.character(index), isDigit(character) || isInnerSeparator(at: index, in: text) {
                index += 1
            }
            guard let range = standalone(start..<index, in: text), let value = parse(text.text(start..<index)) else {
                continue
            }
            found.append(FoundValue(value: signed(value, range.lowerBound < start), range: range))
        }
        return found
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    private static func isInnerSeparator(at index: Int, in text: ArgumentText) -> Bool {
        guard let character = text.character(index), character == "." || character == "," else { return false }
        return text.character(index + 1).map(isDigit) ?? false
    }

    /// The place with its minus sign, or nil when the digits are part of something longer.
    private static func standalone(_ range: Range<Int>, in text: ArgumentText) -> Range<Int>? {
        var start = range.lowerBound
        if text.character(start - 1) == "-" {
            let before = text.character(start - 2)
            guard before.map({ $0.isWhitespace || "($€£".contains($0) }) ?? true else { return nil }
            start -= 1
        } else if let before = text.character(start - 1) {
            guard !before.isLetter, !before.isNumber, !"_:/.+@".contains(before) else { return nil }
        }
        if let after = text.character(range.upperBound) {
            guard !after.isLetter, !after.isNumber, !"_/@".contains(after) else { return nil }
            if after == "-" || after == ":", let next = text.character(range.upperBound + 1), !next.isWhitespace {
                return nil
            }
        }
        return start..<range.upperBound
    }

    private static func signed(_ value: JSONValue, _ negative: Bool) -> JSONValue {
        guard negative else { return value }
        switch value {
        case .integer(let number): return .integer(-number)
        case .number(let number): return .number(-number)
        default: return value
        }
    }

    /// The last of two kinds of separators is the decimal one. A single comma before exactly three digits groups, a
    /// single point is decimal; several of a kind group and want three digits each.
    static func parse(_ text: String) -> JSONValue? {
        let commas = text.count { $0 == "," }
        let points = text.count { $0 == "." }
        let grouping: Character
        let decimal: Character?
        if commas > 0, points > 0 {
            let last: Character = text.last { $0 == "," || $0 == "." } ?? "."
            guard (last == "," ? commas : points) == 1 else { return nil }
            (decimal, grouping) = (last, last == "," ? "." : ",")
        } else if commas == 1, text.split(separator: ",").last?.count != 3 {
            (decimal, grouping) = (",", ".")
        } else if points == 1 {
            (decimal, grouping) = (".", ",")
        } else {
            (decimal, grouping) = (nil, commas > 0 ? "," : ".")
        }
        let parts = decimal.map { text.split(separator: $0, omittingEmptySubsequences: false) } ?? [text[...]]
        let groups = (parts.first ?? "").split(separator: grouping, omittingEmptySubsequences: false)
        guard groups.count == 1 || groups.dropFirst().allSatisfy({ $0.count == 3 }),
            let first = groups.first, (1...3).contains(first.count) || groups.count == 1
        else { return nil }
        let whole = groups.joined()
        if parts.count == 2 { return Double(whole + "." + parts[1]).map(JSONValue.number) }
        return Int64(whole).map(JSONValue.integer)
    }
}
