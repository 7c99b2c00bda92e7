import ParlantCore

/// One message, cut into words once, with the places that already gave a value.
struct ArgumentText {
    /// The message.
    let characters: [Character]
    /// Its words, in order.
    let tokens: [WordNormalizer.Token]
    private var taken: [Range<Int>] = []

    /// Cuts a message. O(length).
    init(_ message: String) {
        characters = Array(message)
        tokens = WordNormalizer.tokens(characters)
    }

    /// The text of a place.
    func text(_ range: Range<Int>) -> String { String(characters[range]) }

    /// The character at a position; nil outside.
    func character(_ index: Int) -> Character? { characters.indices.contains(index) ? characters[index] : nil }

    /// Whether no value was taken from any part of this place.
    func isFree(_ range: Range<Int>) -> Bool { !taken.contains { $0.overlaps(range) } }

    /// Marks a place as used: no other parameter gets a value from it.
    mutating func take(_ range: Range<Int>) { taken.append(range) }

    /// Whether only spaces, or nothing, stand between two positions.
    func isBlank(_ range: Range<Int>) -> Bool { characters[range].allSatisfy(\.isWhitespace) }

    /// The place with neither spaces nor the given characters at its ends.
    func trimmed(_ range: Range<Int>, of extra: String = "") -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        func isCut(_ character: Character) -> Bool { character.isWhitespace || extra.contains(character) }
        while start < end, isCut(characters[start]) { start += 1 }
        while end > start, isCut(characters[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Places where these stems stand one after the other, with nothing but spaces or hyphens between.
    func places(of stems: [String]) -> [Range<Int>] {
        guard !stems.isEmpty, tokens.count >= stems.count else { return [] }
        return (0...(tokens.count - stems.count)).compactMap { first in
            for (offset, stem) in stems.enumerated() {
                guard tokens[first + offset].word.stem == stem else { return nil }
                guard offset > 0 else { continue }
                let gap = characters[
                    tokens[first + offset - 1].range.upperBound..<tokens[first + offset].range.lowerBound]
                guard gap.allSatisfy({ $0.isWhitespace || $0 == "-" || $0 == "_" || $0 == "/" }) else { return nil }
            }
            return tokens[first].range.lowerBound..<tokens[first + stems.count - 1].range.upperBound
        }
    }

    /// Words between two places; nil when they overlap.
    func distance(_ left: Range<Int>, _ right: Range<Int>) -> Int? {
        guard !left.overlaps(right) else { return nil }
        let gap =
            left.upperBound <= right.lowerBound
            ? left.upperBound..<right.lowerBound : right.upperBound..<left.lowerBound
        return tokens.count { gap.contains($0.range.lowerBound) && $0.range.upperBound <= gap.upperBound }
    }

    /// The folded words right before a position, nearest last.
    func words(before position: Int, _ count: Int) -> [String] {
        tokens.prefix { $0.range.upperBound <= position }.suffix(count).map(\.word.folded)
    }

    /// The folded words right after a position, nearest first.
    func words(after position: Int, _ count: Int) -> [String] {
        tokens.drop { $0.range.lowerBound < position }.prefix(count).map(\.word.folded)
    }
}

/// A value and the place that it was read from.
struct FoundValue {
    var value: JSONValue
    var range: Range<Int>
}
