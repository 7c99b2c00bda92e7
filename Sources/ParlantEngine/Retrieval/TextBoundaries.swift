/// Finds the places at which a text may be cut: between paragraphs, lines and sentences.
enum TextBoundaries {
    /// What stands between two pieces of a text.
    enum Gap: String, Sendable {
        case nothing = ""
        case space = " "
        case line = "\n"
        case paragraph = "\n\n"
    }

    /// A sentence, or a line that is none, such as a heading or an entry of a list.
    struct Piece: Sendable, Equatable {
        var text: Substring
        /// What stands before it.
        var gap: Gap
        /// How long it is: 1 for each word and a twentieth for each further letter of it.
        var size: Int

        /// Whether it goes on with the line of the piece before it.
        var isInLine: Bool { gap == .nothing || gap == .space }

        init(_ text: Substring, after gap: Gap) {
            self.text = text
            self.gap = gap
            size = Int(text.reduce(into: Measure()) { $0.add($1) }.size.rounded(.up))
        }
    }

    /// Adds up what text weighs: 1 for a word, more for a long one, and 1 for each letter of scripts that set no spaces
    /// between words.
    private struct Measure {
        var size = 0.0
        private var isInWord = false

        mutating func add(_ character: Character) {
            if character.isWhitespace {
                isInWord = false
            } else if TextBoundaries.isUnspaced(character) {
                size += 1
                isInWord = false
            } else {
                // So that a text without any space is long, too.
                size += isInWord ? 0.05 : 1
                isInWord = true
            }
        }
    }

    /// The sentences of a text in order, without white space around them; the first follows a paragraph. O(length).
    static func pieces(_ text: String) -> [Piece] {
        var pieces: [Piece] = []
        var gap = Gap.paragraph
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let sentences = sentences(line)
            if sentences.isEmpty { gap = .paragraph }
            var end: Substring.Index?
            for sentence in sentences {
                let following = end.map { $0 == sentence.startIndex ? Gap.nothing : .space }
                pieces.append(Piece(sentence, after: following ?? gap))
                end = sentence.endIndex
            }
            if !sentences.isEmpty { gap = .line }
        }
        return pieces
    }

    /// Cuts a piece that is longer than `size` between words, or within a word that is longer itself. O(length).
    static func cut(_ piece: Piece, to size: Int) -> [Piece] {
        guard piece.size > size else { return [piece] }
        var parts: [Piece] = []
        var rest = piece.text
        var measure = Measure()
        var lastSpace: Substring.Index?
        var isAtSpace = false
        var index = rest.startIndex
        func close(at end: Substring.Index) {
            let part = trimmed(rest[..<end])
            let gap = parts.isEmpty ? piece.gap : isAtSpace ? .space : .nothing
            if !part.isEmpty { parts.append(Piece(part, after: gap)) }
            isAtSpace = rest[end...].first?.isWhitespace ?? false
            rest = rest[end...]
            measure = rest[..<index].reduce(into: Measure()) { $0.add($1) }
            lastSpace = nil
        }
        while index < rest.endIndex {
            let character = rest[index]
            if character.isWhitespace { lastSpace = index }
            measure.add(character)
            if measure.size > Double(size), index > rest.startIndex { close(at: lastSpace ?? index) }
            index = rest.index(after: index)
        }
        close(at: rest.endIndex)
        return parts
    }

    // Sentences

    private static let ends: Set<Character> = [".", "!", "?", "…"]
    private static let wideEnds: Set<Character> = ["。", "！", "？"]
    private static let closers: Set<Character> = ["\"", "'", "”", "’", "»", ")", "]", "」"]
    /// Words whose point ends no sentence, in lower case.
    private static let abbreviations: Set<String> = [
        "dr", "mr", "mrs", "ms", "prof", "st", "no", "nr", "vs", "etc", "e.g", "i.e", "approx", "fig", "art", "sec",
        "inc", "ltd", "co", "bzw", "ca", "z.b", "d.h", "usw", "str", "tel", "abs", "p.ej", "av", "sr", "sra",
    ]

    private static func sentences(_ line: Substring) -> [Substring] {
        var sentences: [Substring] = []
        var start = line.startIndex
        var index = line.startIndex
        while index < line.endIndex {
            let character = line[index]
            let point = index
            index = line.index(after: index)
            guard ends.contains(character) || wideEnds.contains(character) else { continue }
            while index < line.endIndex, closers.contains(line[index]) { index = line.index(after: index) }
            let isEnd =
                wideEnds.contains(character)
                || isSentenceEnd(line[start..<point], character, before: line[index...])
            guard isEnd else { continue }
            let sentence = trimmed(line[start..<index])
            if !sentence.isEmpty { sentences.append(sentence) }
            start = index
        }
        let last = trimmed(line[start...])
        if !last.isEmpty { sentences.append(last) }
        return sentences
    }

    private static func isSentenceEnd(_ before: Substring, _ mark: Character, before after: Substring) -> Bool {
        guard let next = after.first, next.isWhitespace, let begin = after.first(where: { !$0.isWhitespace }),
            !begin.isLowercase
        else { return false }
        guard mark == "." else { return true }
        let word = before.suffix { !$0.isWhitespace && $0 != "(" }
        // `J. Smith`, `1. Subject`, `3. May`.
        if word.count == 1 || (word.count == 2 && word.allSatisfy(\.isNumber)) { return false }
        return !abbreviations.contains(word.lowercased())
    }

    /// Without white space on both sides.
    static func trimmed(_ text: Substring) -> Substring {
        guard let start = text.firstIndex(where: { !$0.isWhitespace }),
            let end = text.lastIndex(where: { !$0.isWhitespace })
        else { return text[text.endIndex...] }
        return text[start...end]
    }

    /// Whether a letter belongs to a script that sets no spaces between words: Thai, Lao, Khmer, Kana and ideographs.
    private static func isUnspaced(_ character: Character) -> Bool {
        guard !character.isASCII, let scalar = character.unicodeScalars.first else { return false }
        switch scalar.value {
        case 0x0E00...0x0EFF, 0x1780...0x17FF, 0x3040...0x30FF: return true
        default: return scalar.properties.isIdeographic
        }
    }
}

extension Substring {
    /// The longest end of the text of which all characters satisfy a condition.
    fileprivate func suffix(_ belongs: (Character) -> Bool) -> Substring {
        var start = endIndex
        while start > startIndex {
            let before = index(before: start)
            guard belongs(self[before]) else { break }
            start = before
        }
        return self[start...]
    }
}
