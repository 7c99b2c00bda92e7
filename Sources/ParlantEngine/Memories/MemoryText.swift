import ParlantCore

/// The form in which texts are remembered and compared.
enum MemoryText {
    /// The text in one line, so that it can stand in a list whose lines mean something.
    static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// A text that can be remembered: one line with something in it, at most so long; nil for anything else.
    static func content(_ text: String) -> String? {
        let line = line(text)
        return line.isEmpty || line.count > MemoryPolicy.contentCharacters ? nil : line
    }

    /// Entities as they can be remembered: each once, without empty and with few.
    static func entities(_ names: [String]) -> [String] {
        var known: Set<String> = []
        let lines = names.map(line).filter { name in
            !name.isEmpty && name.count <= MemoryPolicy.entityCharacters && known.insert(name.lowercased()).inserted
        }
        return Array(lines.prefix(MemoryPolicy.mostEntities))
    }

    /// Equal for texts that say the same in the same words, whatever their case and punctuation.
    static func key(_ text: String) -> String {
        let words = WordNormalizer.words(text).map(\.stem)
        return words.isEmpty ? line(text) : words.joined(separator: " ")
    }

    /// The identity of something remembered: the same for the same words of the same customer, so that what is
    /// remembered twice, because a server died in between, is one memory.
    ///
    /// - Parameter salt: Makes another one where the first is taken by something else.
    static func id(_ content: String, of customer: CustomerID, with agent: AgentID, salt: Int = 0) -> MemoryID {
        var print = Fingerprint()
        for part in [customer.rawValue, agent.rawValue, key(content)] { print.add(part) }
        if salt > 0 { print.add("\(salt)") }
        return MemoryID(print.digits)
    }
}
