/// The text of a canned response, parsed: literal parts and `{{ dotted.paths }}`.
public struct CannedResponseTemplate: Sendable, Equatable, CustomStringConvertible {
    /// The text is not a template.
    public struct ParseError: Error, Sendable, Equatable {
        /// What is wrong, as one sentence without a full stop.
        public var message: String
    }

    private enum Part: Sendable, Equatable {
        case literal(String)
        case field(String)
    }

    /// The text as it was written.
    public let source: String
    private let parts: [Part]

    /// Parses a template.
    ///
    /// - Throws: ``ParseError`` for an empty text, an unclosed `{{`, or anything but a dotted path between the braces.
    public init(_ source: String) throws(ParseError) {
        guard source.contains(where: { !$0.isWhitespace }) else { throw ParseError(message: "the template is empty") }
        self.source = source
        var parts: [Part] = []
        var rest = source[...]
        while let opening = rest.firstRange(of: "{{") {
            if opening.lowerBound > rest.startIndex { parts.append(.literal(String(rest[..<opening.lowerBound]))) }
            rest = rest[opening.upperBound...]
            guard let closing = rest.firstRange(of: "}}") else { throw ParseError(message: "'{{' is never closed") }
            parts.append(.field(try Self.path(rest[..<closing.lowerBound])))
            rest = rest[closing.upperBound...]
        }
        guard !source.contains("{%") else {
            throw ParseError(message: "'{%' is not supported; use placeholders such as {{std.customer.name}}")
        }
        if !rest.isEmpty { parts.append(.literal(String(rest))) }
        self.parts = parts
    }

    private static func path(_ text: Substring) throws(ParseError) -> String {
        let trimmed = String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        let isPath =
            !trimmed.isEmpty
            && trimmed.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { name in
                guard let first = name.first, first.isLetter || first == "_" else { return false }
                return name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
            }
        guard isPath else {
            throw ParseError(message: "'{{\(text)}}' is not a placeholder; write a name such as {{std.customer.name}}")
        }
        return trimmed
    }

    /// The paths that need a value, each once, in order of appearance.
    public var fields: [String] {
        var seen: [String] = []
        for case .field(let path) in parts where !seen.contains(path) { seen.append(path) }
        return seen
    }

    /// The text with values in place of the placeholders; nil when one of them has no value (absent or null).
    public func render(_ fields: JSONObject) -> String? {
        var text = ""
        for part in parts {
            switch part {
            case .literal(let literal): text += literal
            case .field(let path):
                guard let value = Self.value(at: path, in: fields) else { return nil }
                text += value
            }
        }
        return text
    }

    private static func value(at path: String, in fields: JSONObject) -> String? {
        if let value = fields[path] { return text(of: value) }
        var current = JSONValue.object(fields)
        for name in path.split(separator: ".") {
            guard let next = current[String(name)] else { return nil }
            current = next
        }
        return text(of: current)
    }

    private static func text(of value: JSONValue) -> String? {
        switch value {
        case .null: nil
        case .string(let text): text
        case .array(let elements): elements.compactMap(text(of:)).joined(separator: ", ")
        default: value.description
        }
    }

    public var description: String { source }
}
