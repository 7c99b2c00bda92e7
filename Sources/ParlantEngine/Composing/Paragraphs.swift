/// Cuts a reply into the messages that a person in a chat would send: one for each paragraph.
enum Paragraphs {
    /// Most messages of one reply; the last one takes what is left.
    static let limit = 8

    /// The paragraphs of a text: what blank lines divide, without white space around it. A block of code between lines
    /// that begin with three backticks stays whole, and belongs to the paragraph in which it begins. A text of one
    /// paragraph stays as it is. O(length).
    static func split(_ text: String) -> [String] {
        var paragraphs: [[Substring]] = []
        var lines: [Substring] = []
        var isCode = false
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let isBlank = line.allSatisfy(\.isWhitespace)
            if line.drop(while: \.isWhitespace).hasPrefix("```") { isCode.toggle() }
            if isBlank, !isCode, paragraphs.count < limit - 1 {
                if !lines.isEmpty { paragraphs.append(lines) }
                lines = []
            } else if !isBlank || !lines.isEmpty {
                lines.append(line)
            }
        }
        while lines.last?.allSatisfy(\.isWhitespace) ?? false { lines.removeLast() }
        if !lines.isEmpty { paragraphs.append(lines) }
        guard paragraphs.count > 1 else { return [text] }
        return paragraphs.map { trimmed($0.joined(separator: "\n")) }
    }

    private static func trimmed(_ text: String) -> String {
        guard let start = text.firstIndex(where: { !$0.isWhitespace }),
            let end = text.lastIndex(where: { !$0.isWhitespace })
        else { return text }
        return String(text[start...end])
    }
}
