/// A few words to be found in a text, whatever stands around them.
///
/// Words are compared without case and without Latin or Greek marks. `ignore|forget` stands for either word, `instruct*`
/// for every word that begins so (a star may stand anywhere in a word), and `...` for up to five words of any kind.
struct WordPattern: Sendable, Equatable {
    /// Most characters of a pattern.
    static let maxCharacters = 200
    /// Most words that `...` stands for.
    static let gap = 5

    /// One place of a pattern.
    struct Place: Sendable, Equatable {
        /// Words that fit here; with stars.
        var words: [String]
        /// How many words may stand between the place before and this one.
        var gap: Int
    }

    let places: [Place]

    /// Reads a pattern.
    ///
    /// - Throws: ``ModerationRuleError`` that says what is wrong.
    init(_ text: String) throws(ModerationRuleError) {
        guard text.count <= Self.maxCharacters else {
            throw ModerationRuleError("longer than \(Self.maxCharacters) characters; split it")
        }
        var places: [Place] = []
        var gap = 0
        for part in text.split(whereSeparator: \.isWhitespace) {
            if part == "..." || part == "…" {
                gap = Self.gap
                continue
            }
            let words = part.split(separator: "|", omittingEmptySubsequences: false).map(TextWords.fold)
            for word in words where !TextWords.isWord(word) {
                throw ModerationRuleError(
                    "'\(part)' is no word; a pattern has words with letters, digits and stars, 'this|that' for "
                        + "either of two, and '...' for up to \(Self.gap) words")
            }
            if words.contains(where: { $0.allSatisfy { $0 == "*" } }) {
                throw ModerationRuleError("'\(part)' fits every word; write '...' for words of any kind")
            }
            places.append(Place(words: words, gap: places.isEmpty ? 0 : gap))
            gap = 0
        }
        guard !places.isEmpty else { throw ModerationRuleError("it has no words") }
        self.places = places
    }
}

/// A word with stars, each of which stands for any run of letters.
struct WordGlob: Sendable {
    /// What stands between the stars, with the table by which it is searched for.
    private struct Part: Sendable {
        var bytes: [UInt8]
        /// For each length of a match that breaks off, the longest shorter one that may go on (Knuth, Morris, Pratt).
        var shorter: [Int]
    }

    private let parts: [Part]

    /// - Parameter text: Folded, with at least one star.
    init(_ text: String) {
        parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map { bytes in
            let bytes = Array(bytes)
            var shorter = [Int](repeating: 0, count: bytes.count + 1)
            var length = 0
            for index in bytes.indices.dropFirst() {
                while length > 0, bytes[length] != bytes[index] { length = shorter[length] }
                if bytes[length] == bytes[index] { length += 1 }
                shorter[index + 1] = length
            }
            return Part(bytes: bytes, shorter: shorter)
        }
    }

    /// Whether the whole word fits. O(bytes of the word + bytes of the pattern), whatever they are.
    func fits(_ word: some StringProtocol) -> Bool {
        let bytes = Array(word.utf8)
        guard let first = parts.first, let last = parts.last, bytes.starts(with: first.bytes) else { return false }
        var position = first.bytes.count
        for part in parts.dropFirst().dropLast() where !part.bytes.isEmpty {
            guard let end = Self.end(of: part, in: bytes, from: position) else { return false }
            position = end
        }
        return bytes.count - position >= last.bytes.count && bytes.suffix(last.bytes.count).elementsEqual(last.bytes)
    }

    private static func end(of part: Part, in bytes: [UInt8], from start: Int) -> Int? {
        var length = 0
        for index in start..<bytes.count {
            while length > 0, part.bytes[length] != bytes[index] { length = part.shorter[length] }
            if part.bytes[length] == bytes[index] { length += 1 }
            if length == part.bytes.count { return index + 1 }
        }
        return nil
    }
}

/// Cuts texts into words for ``WordPattern``.
enum TextWords {
    /// The words of a text in order, folded. A word is a run of letters and digits; apostrophes, and characters that
    /// nobody sees, are no part of it and do not end it. O(length).
    static func words(_ text: String) -> [String] {
        fold(text).split { !isPart($0) }.map(String.init)
    }

    /// A text without case, marks, apostrophes and invisible characters.
    static func fold(_ text: some StringProtocol) -> String {
        let visible = String(text).unicodeScalars.filter { scalar in
            scalar != "'" && scalar != "\u{2019}" && !scalar.properties.isDefaultIgnorableCodePoint
        }
        return DiacriticFolding.fold(String(String.UnicodeScalarView(visible)))
    }

    static func isWord(_ text: String) -> Bool { !text.isEmpty && text.allSatisfy { isPart($0) || $0 == "*" } }

    private static func isPart(_ character: Character) -> Bool { character.isLetter || character.isNumber }
}
