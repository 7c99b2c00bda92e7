import ParlantCore

/// One word of a text, in the two forms that matching needs.
struct NormalizedWord: Equatable {
    /// Lower case without marks, as people may be shown it.
    var folded: String
    /// What is compared.
    var stem: String
}

/// Splits text of any language into comparable words.
///
/// A word is a run of letters and digits, with apostrophes inside; everything else separates. Ideographs have no
/// spaces between words, so each counts as a word. Case and Latin or Greek marks are dropped in every language;
/// stemming and stop words are English and leave other languages as they are.
enum WordNormalizer {
    /// All words in order. O(length).
    static func words(_ text: some StringProtocol) -> [NormalizedWord] {
        tokens(Array(text)).map(\.word)
    }

    /// The words that say what the text is about: without stop words and without the boilerplate of conditions. When
    /// nothing is left (a condition such as "the customer has questions"), first the boilerplate counts, then all.
    static func contentWords(_ text: some StringProtocol) -> [NormalizedWord] {
        let words = words(text)
        let meaningful = words.filter { !StopWords.common.contains($0.stem) }
        let content = meaningful.filter { !StopWords.boilerplate.contains($0.stem) }
        return content.isEmpty ? (meaningful.isEmpty ? words : meaningful) : content
    }

    /// A word and where it stands.
    struct Token {
        /// Positions of its characters in the text.
        var range: Range<Int>
        var word: NormalizedWord
    }

    /// All words in order, with their places. `text` is passed as characters so that ranges are plain integers.
    static func tokens(_ text: [Character]) -> [Token] {
        var tokens: [Token] = []
        var start: Int?
        func close(at end: Int) {
            guard let begin = start else { return }
            start = nil
            tokens.append(Token(range: begin..<end, word: word(String(text[begin..<end]))))
        }
        for (index, character) in text.enumerated() {
            if isIdeograph(character) {
                close(at: index)
                tokens.append(Token(range: index..<index + 1, word: word(String(character))))
            } else if character.isLetter || character.isNumber {
                if start == nil { start = index }
            } else if isApostrophe(character), start != nil, index + 1 < text.count, text[index + 1].isLetter {
                continue
            } else {
                close(at: index)
            }
        }
        close(at: text.count)
        return tokens
    }

    private static func word(_ text: String) -> NormalizedWord {
        var folded = DiacriticFolding.fold(text)
        if folded.contains(where: isApostrophe) {
            // Possessive: "manager's" is "manager"; contractions lose the apostrophe: "don't" is "dont".
            let parts = folded.split(whereSeparator: isApostrophe)
            folded = parts.count == 2 && parts[1] == "s" ? String(parts[0]) : parts.joined()
        }
        return NormalizedWord(folded: folded, stem: EnglishStemmer.stem(folded))
    }

    private static func isApostrophe(_ character: Character) -> Bool { character == "'" || character == "\u{2019}" }

    private static func isIdeograph(_ character: Character) -> Bool {
        guard !character.isASCII, let scalar = character.unicodeScalars.first else { return false }
        return scalar.properties.isIdeographic
    }
}
