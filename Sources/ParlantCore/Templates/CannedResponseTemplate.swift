/// The text of a canned response, parsed: literal text, `{{ expressions }}`, `{% for %}`, `{% if %}` and `{# comments #}`,
/// in the subset of Jinja that people write for canned responses.
///
/// A template is checked when it is made, so that rendering can only fail on values. It reads its fields and nothing
/// else, and no value is ever read as a template. Nothing is escaped: messages are text, not HTML. A value of null
/// counts as absent.
public struct CannedResponseTemplate: Sendable, Equatable, CustomStringConvertible {
    /// Most bytes of a template's text.
    public static let maxBytes = 64 << 10

    /// The text is not a template.
    public struct ParseError: Error, Sendable, Equatable {
        /// What is wrong, as one sentence without a full stop; of a template of several lines with the line.
        public var message: String
    }

    /// The template has no text for these fields.
    public enum RenderError: Error, Sendable, Equatable {
        /// A field has no value: the response is not for this moment.
        case missing(String)
        /// A value does not suit what the template does with it, or a limit was reached. One sentence for the log.
        case failed(String)
    }

    /// The text as it was written.
    public let source: String
    /// The paths that the template reads, each once, in order of appearance: `std.customer.name`.
    public let fields: [String]
    /// The paths without a value of which there is no text: all ``fields`` but those that the template asks about with
    /// `is defined` or `is none`, or gives a `default`. A field in a branch that is not taken counts as well.
    public let requiredFields: [String]
    /// What the template says whatever the values are, with a space in place of each tag.
    public let literalText: String
    private let nodes: [TemplateNode]

    /// Parses a template.
    ///
    /// - Throws: ``ParseError`` for an empty text, one of more than ``maxBytes``, a tag that is not closed, an unknown
    ///   filter, or anything else that is not in the subset.
    /// - Complexity: O(length).
    public init(_ source: String) throws(ParseError) {
        guard source.contains(where: { !$0.isWhitespace }) else { throw ParseError(message: "the template is empty") }
        guard source.utf8.count <= Self.maxBytes else {
            throw ParseError(message: "the template has more than \(Self.maxBytes) bytes; split it")
        }
        do {
            var lexer = TemplateLexer(source)
            var parser = TemplateParser(try lexer.segments())
            nodes = try parser.parse()
        } catch {
            let place = source.contains(where: \.isNewline) ? "line \(error.line): " : ""
            throw ParseError(message: place + error.message)
        }
        self.source = source
        let reading = TemplateFields(nodes)
        fields = reading.fields
        requiredFields = reading.required
        literalText = reading.literals.joined(separator: " ")
    }

    /// The text for these fields. A path is looked up as a whole first, then member by member.
    ///
    /// - Throws: ``RenderError``: `missing` when one of ``requiredFields`` or a part of a list's item has no value;
    ///   `failed` for a value of the wrong kind, for more than ``TemplateLimits/outputBytes``, and for more than
    ///   ``TemplateLimits/steps``.
    /// - Complexity: O(output and steps), both limited.
    public func render(_ fields: JSONObject) throws(RenderError) -> String {
        for path in requiredFields where !Self.hasValue(path, in: fields) { throw .missing(path) }
        var evaluator = TemplateEvaluator(fields)
        return try evaluator.text(of: nodes)
    }

    /// Whether a field has a value: it is there and is not null.
    ///
    /// - Parameter path: Name of the field, or the way to a member of it, as `std.customer.name`.
    public static func hasValue(_ path: String, in fields: JSONObject) -> Bool {
        !TemplateEvaluator.value(at: path.split(separator: ".").map(String.init), in: fields).isNull
    }

    public static func == (left: Self, right: Self) -> Bool { left.source == right.source }

    public var description: String { source }
}

/// What rendering a template may use.
public enum TemplateLimits {
    /// Bytes of the text, and of each text on the way to it.
    public static let outputBytes = 64 << 10
    /// Steps: one for each part of an expression each time it is computed, and more for long values.
    public static let steps = 100_000
    /// Parts of the expression in one tag.
    static let expressionParts = 100
    /// Blocks within blocks.
    static let blockDepth = 16
}

/// What keeps a text from being a template, with the line.
struct TemplateSyntaxError: Error {
    var message: String
    var line: Int

    init(_ message: String, line: Int) {
        self.message = message
        self.line = line
    }
}
