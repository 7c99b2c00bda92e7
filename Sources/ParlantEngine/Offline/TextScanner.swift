import ParlantCore

/// Free text, names and codes in a customer's message.
enum TextScanner {
    private static let quotes: [Character: Character] = ["\"": "\"", "“": "”", "«": "»", "„": "“", "‘": "’", "'": "'"]
    private static let clauseEnd: Set<Character> = [",", ";", "!", "?", "\n", "(", ")"]
    private static let clauseWords: Set<String> = ["and", "but", "so", "because", "or", "which", "please", "then"]
    /// What follows "is" when the sentence describes rather than names: "my order is late".
    private static let predicates: Set<String> = [
        "late", "lost", "missing", "broken", "damaged", "wrong", "ready", "done", "ok", "okay", "fine", "good", "bad",
        "gone", "here", "there", "not", "still", "so", "very", "too", "already", "being", "going", "supposed", "due",
        "delayed", "empty", "unknown", "correct", "incorrect", "right", "important", "needed", "what", "where", "when",
        "why", "how", "that", "this", "it", "the", "a", "an", "my", "your", "in", "on", "at", "for", "to", "from", "no",
        "never", "always", "now", "also", "just", "quite", "really", "more", "less", "invalid", "expired", "full",
    ]
    private static let codeWords: Set<String> = ["number", "no", "nr", "id", "code", "is", "num"]
    /// Short replies that answer no question.
    private static let evasions: Set<String> = [
        "yes", "no", "yeah", "yep", "nope", "ok", "okay", "sure", "hi", "hello", "hey", "thanks", "thank", "what",
        "why",
        "how", "when", "where", "who", "which", "can", "could", "do", "does", "cancel", "stop", "skip", "nothing",
        "none",
        "sorry", "help", "wait", "never", "nevermind", "please",
    ]
    private static let unknowns = ["dont know", "not sure", "no idea", "dont have", "cant remember", "dont remember"]
    private static let introductions: [[String]] = [
        ["it", "is"], ["it"], ["its"], ["that", "is"], ["that"], ["thats"], ["this", "is"], ["i", "am"], ["im"],
        ["my", "name", "is"],
        ["the", "name", "is"], ["call", "me"],
    ]

    /// Texts in quotation marks. A straight single quote opens only after a space and closes only before one.
    static func quoted(in text: ArgumentText) -> [FoundValue] {
        var found: [FoundValue] = []
        var index = 0
        while index < text.characters.count {
            guard let closing = quotes[text.characters[index]], opens(at: index, in: text),
                let end = (index + 1..<text.characters.count).first(where: {
                    text.characters[$0] == closing && closes(at: $0, in: text)
                })
            else {
                index += 1
                continue
            }
            let inner = text.trimmed(index + 1..<end)
            if !inner.isEmpty { found.append(FoundValue(value: .string(text.text(inner)), range: index..<end + 1)) }
            index = end + 1
        }
        return found
    }

    private static func opens(at index: Int, in text: ArgumentText) -> Bool {
        guard let before = text.character(index - 1) else { return true }
        return !before.isLetter && !before.isNumber
    }

    private static func closes(at index: Int, in text: ArgumentText) -> Bool {
        guard let after = text.character(index + 1) else { return true }
        return !after.isLetter && !after.isNumber
    }

    /// Words with one `@` between a name and a domain with a dot; not a full check of the syntax of addresses.
    static func emails(in text: ArgumentText) -> [FoundValue] {
        DateScanner.chunks(in: text).compactMap { range in
            let parts = text.text(range).split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."), parts[1].first != ".",
                parts[1].last != ".", parts[1].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" })
            else { return nil }
            return FoundValue(value: .string(text.text(range)), range: range)
        }
    }

    /// Texts of the form 8-4-4-4-12 hexadecimal digits, as written.
    static func uuids(in text: ArgumentText) -> [FoundValue] {
        DateScanner.chunks(in: text).compactMap { range in
            ToolParameter.Kind.uuid.canonical(.string(text.text(range))).map { FoundValue(value: $0, range: range) }
        }
    }

    /// The text that the message gives under the parameter's name: `name: Ann Lee`, `name = Ann`, "my name is Ann
    /// Lee and …", or a code right after it ("order number A-113").
    ///
    /// After "is" a clause is taken when it begins with a capital letter, a digit or a quotation mark; a single
    /// lower-case word is taken unless it describes ("my order is late").
    static func labelled(_ label: ParameterLabel, in text: ArgumentText) -> FoundValue? {
        for place in label.places(in: text) {
            var start = place.upperBound
            while text.character(start)?.isWhitespace == true, text.character(start) != "\n" { start += 1 }
            if let mark = text.character(start), mark == ":" || mark == "=" {
                if let found = clause(from: start + 1, in: text) { return found }
            } else if text.words(after: place.upperBound, 1) == ["is"],
                let verb = text.tokens.first(where: { $0.range.lowerBound >= place.upperBound }),
                text.isBlank(place.upperBound..<verb.range.lowerBound),
                let found = clause(from: verb.range.upperBound, in: text), names(found, in: text)
            {
                return found
            }
        }
        return label.shortPhrases.lazy.flatMap { text.places(of: $0) }.compactMap { code(after: $0, in: text) }.first
    }

    private static func names(_ found: FoundValue, in text: ArgumentText) -> Bool {
        guard let first = text.character(found.range.lowerBound) else { return false }
        if first.isUppercase || first.isNumber || quotes[first] != nil { return true }
        let words = text.tokens.filter { found.range.contains($0.range.lowerBound) }.map(\.word.folded)
        return words.count == 1 && !predicates.contains(words[0])
    }

    /// A run with a digit in it, directly after a place or after "number", "no.", "#" and the like.
    private static func code(after place: Range<Int>, in text: ArgumentText) -> FoundValue? {
        for range in DateScanner.chunks(in: text).prefix(200) where range.lowerBound >= place.upperBound {
            let bare = text.trimmed(range, of: "#:")
            let between = WordNormalizer.words(text.text(place.upperBound..<bare.lowerBound)).map(\.folded)
            guard between.allSatisfy(codeWords.contains) else { return nil }
            let chunk = text.text(bare)
            guard chunk.contains(where: \.isNumber) else { continue }
            return FoundValue(value: .string(chunk), range: bare)
        }
        return nil
    }

    /// The text from a position to the end of its clause, without quotation marks.
    private static func clause(from start: Int, in text: ArgumentText) -> FoundValue? {
        var start = start
        while text.character(start)?.isWhitespace == true, text.character(start) != "\n" { start += 1 }
        guard let first = text.character(start) else { return nil }
        if quotes[first] != nil, let quote = quoted(in: text).first(where: { $0.range.lowerBound == start }) {
            return quote
        }
        var end = start
        while let character = text.character(end), !clauseEnd.contains(character) {
            if character == ".", text.character(end + 1).map(\.isWhitespace) ?? true { break }
            end += 1
        }
        if let stop = text.tokens.first(where: {
            $0.range.lowerBound > start && $0.range.lowerBound < end && clauseWords.contains($0.word.folded)
        }) {
            end = stop.range.lowerBound
        }
        let range = text.trimmed(start..<end)
        return range.isEmpty ? nil : FoundValue(value: .string(text.text(range)), range: range)
    }

    private static let courtesies: Set<String> = ["please", "thank", "thanks", "thx", "you", "cheers"]

    /// The whole message as the answer to a question: at most eight words on one line, no question, no greeting,
    /// no "I don't know". Introductions such as "it's" or "my name is" are left out, and so is all before a code that
    /// follows "is" ("hm, I think it is 1001"), and thanks at the end.
    static func answer(in text: ArgumentText) -> FoundValue? {
        let words = text.tokens.map(\.word.folded)
        guard (1...8).contains(words.count), !text.characters.contains("?"), !text.characters.contains("\n"),
            !evasions.contains(words[0])
        else { return nil }
        let sentence = words.joined(separator: " ")
        guard !unknowns.contains(where: sentence.contains) else { return nil }
        var start = 0
        for introduction in introductions where words.count > introduction.count && words.starts(with: introduction) {
            start = max(start, text.tokens[introduction.count].range.lowerBound)
        }
        for (token, next) in zip(text.tokens, text.tokens.dropFirst())
        where ["is", "its", "it's"].contains(token.word.folded) && text.text(next.range).contains(where: \.isNumber) {
            start = max(start, next.range.lowerBound)
        }
        var end = text.characters.count
        for token in text.tokens.reversed() {
            guard token.range.lowerBound > start, courtesies.contains(token.word.folded) else { break }
            end = token.range.lowerBound
        }
        let range = text.trimmed(start..<end, of: ".,;:!\"“”«»")
        guard !range.isEmpty, text.isFree(range) else { return nil }
        return FoundValue(value: .string(text.text(range)), range: range)
    }
}
