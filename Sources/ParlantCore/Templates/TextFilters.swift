extension TemplateFilter {
    /// Filters for text. Each takes any value as its text.
    static let textFilters: [TemplateFilter] = [
        TemplateFilter("upper") { .string(TemplateText.of($0.value).uppercased()) },
        TemplateFilter("lower") { .string(TemplateText.of($0.value).lowercased()) },
        TemplateFilter("capitalize") { .string(capitalized(TemplateText.of($0.value)[...])) },
        TemplateFilter("title") { .string(titled(TemplateText.of($0.value))) },
        TemplateFilter("trim", ["chars"]) { .string(trimmed(TemplateText.of($0.value), $0.text("chars"))) },
        TemplateFilter("replace", ["old", "new", "count"], required: 2) { (input) throws(Failure) in
            try replaced(input)
        },
        TemplateFilter("truncate", ["length", "killwords", "end", "leeway"]) { (input) throws(Failure) in
            try truncated(input)
        },
        TemplateFilter("default", ["default_value", "boolean"], takesAbsent: true) { input in
            let isMissing = input.flag("boolean") ? !TemplateText.isTrue(input.value) : input.value.isNull
            return isMissing ? input["default_value"] ?? "" : input.value
        },
        TemplateFilter("string") { .string(TemplateText.of($0.value)) },
        // Nothing is escaped here, so there is nothing to switch off; templates of other systems have it.
        TemplateFilter("safe") { $0.value },
        TemplateFilter("split", ["separator"]) { input in
            let text = TemplateText.of(input.value)
            guard let separator = input.text("separator"), !separator.isEmpty else {
                return .array(text.split(whereSeparator: \.isWhitespace).map { .string(String($0)) })
            }
            return .array(
                text.split(separator: separator, omittingEmptySubsequences: false).map { .string(String($0)) })
        },
    ]

    /// The first letter in upper case, the others in lower case.
    private static func capitalized(_ text: Substring) -> String {
        text.prefix(1).uppercased() + text.dropFirst().lowercased()
    }

    /// Each word capitalized. A word begins after white space, a hyphen or an opening bracket.
    private static func titled(_ text: String) -> String {
        var result = ""
        var word = text.startIndex
        for index in text.indices where text[index].isWhitespace || "-([{<".contains(text[index]) {
            result += capitalized(text[word..<index])
            result.append(text[index])
            word = text.index(after: index)
        }
        return result + capitalized(text[word...])
    }

    private static func trimmed(_ text: String, _ characters: String?) -> String {
        func isDropped(_ character: Character) -> Bool { characters?.contains(character) ?? character.isWhitespace }
        let start = text.drop(while: isDropped)
        guard let last = start.lastIndex(where: { !isDropped($0) }) else { return "" }
        return String(start[...last])
    }

    private static func replaced(_ input: TemplateFilterInput) throws(Failure) -> JSONValue {
        let text = TemplateText.of(input.value)
        let (old, new) = (input.text("old") ?? "", input.text("new") ?? "")
        guard !old.isEmpty else { throw .failed("the text to look for is empty") }
        let count = try input.integer("count") ?? Int.max
        let growth = max(0, new.utf8.count - old.utf8.count) * (text.utf8.count / old.utf8.count)
        guard text.utf8.count + growth <= TemplateLimits.outputBytes else {
            throw .failed("the text may grow beyond \(TemplateLimits.outputBytes) bytes")
        }
        return .string(count > 0 ? text.replacing(old, with: new, maxReplacements: count) : text)
    }

    /// Cuts at a space, unless words may be cut; a text that is only a little too long is left alone.
    private static func truncated(_ input: TemplateFilterInput) throws(Failure) -> JSONValue {
        let text = TemplateText.of(input.value)
        let length = try input.integer("length") ?? 255
        let end = input.text("end") ?? "..."
        let leeway = max(0, try input.integer("leeway") ?? 5)
        guard length >= end.count else { throw .failed("length is less than that of the end '\(end)'") }
        guard text.count - leeway > length else { return .string(text) }
        let kept = text.prefix(length - end.count)
        guard !input.flag("killwords"), let space = kept.lastIndex(of: " ") else { return .string(kept + end) }
        return .string(kept[..<space] + end)
    }
}
