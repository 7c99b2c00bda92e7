/// A word, a literal or a sign between the braces of a tag.
enum TemplateToken: Equatable {
    case name(String)
    case string(String)
    case integer(Int64)
    case number(Double)
    /// One of ``TemplateLexer/symbols``.
    case symbol(String)

    /// The token as problems quote it.
    var text: String {
        switch self {
        case .name(let name): name
        case .string(let text): "\"\(text)\""
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .symbol(let symbol): symbol
        }
    }
}

/// A piece of a template: text, or the tokens of one tag.
struct TemplateSegment {
    enum Content {
        case text(String)
        /// `{{ … }}`
        case output([TemplateToken])
        /// `{% … %}`
        case statement([TemplateToken])
    }

    var content: Content
    /// Where it begins, from 1.
    var line: Int
}

/// Cuts a template into text and tags. Comments and `{% raw %}` end here, and so does white space that a tag takes away
/// with `-` beside its braces.
struct TemplateLexer {
    /// Longer ones first, so that `<=` is not read as `<`.
    private static let symbols =
        [
            "==", "!=", "<=", ">=", "//", "<", ">", "+", "-", "*", "/", "%", "~", ".", ",", "(", ")", "[", "]", "|",
            "=",
        ].map(Array.init) as [[Character]]

    private let characters: [Character]
    private var position = 0
    private var line = 1
    private var pieces: [TemplateSegment] = []
    /// Whether the tag before the coming text takes its leading white space.
    private var trimsNext = false

    init(_ source: String) { characters = Array(source) }

    /// All pieces in order; no text is empty.
    mutating func segments() throws(TemplateSyntaxError) -> [TemplateSegment] {
        while position < characters.count {
            let start = position
            let startLine = line
            while position < characters.count, !isTagStart { advance() }
            let trimsEnd = position + 2 < characters.count && characters[position + 2] == "-"
            addText(start..<position, trimsEnd: trimsEnd, startLine)
            if position < characters.count { try tag() }
        }
        return pieces
    }

    private var isTagStart: Bool {
        position + 1 < characters.count && characters[position] == "{"
            && ["{", "%", "#"].contains(characters[position + 1])
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count {
            if characters[position].isNewline { line += 1 }
            position += 1
        }
    }

    private mutating func addText(_ range: Range<Int>, trimsEnd: Bool, _ line: Int) {
        var slice = characters[range]
        if trimsNext { slice = slice.drop(while: \.isWhitespace) }
        if trimsEnd { while slice.last?.isWhitespace == true { slice.removeLast() } }
        trimsNext = false
        if !slice.isEmpty { pieces.append(TemplateSegment(content: .text(String(slice)), line: line)) }
    }

    private mutating func tag() throws(TemplateSyntaxError) {
        let begin = line
        let kind = characters[position + 1]
        advance(2)
        if position < characters.count, characters[position] == "-" { advance() }
        switch kind {
        case "#": try comment(begin)
        case "{":
            let tokens = try tokens(until: "}", opening: "{{", begin)
            pieces.append(TemplateSegment(content: .output(tokens), line: begin))
        default:
            let tokens = try tokens(until: "%", opening: "{%", begin)
            if tokens == [.name("raw")] { return try raw(begin) }
            pieces.append(TemplateSegment(content: .statement(tokens), line: begin))
        }
    }

    private mutating func comment(_ begin: Int) throws(TemplateSyntaxError) {
        while position < characters.count {
            if takeEnd("#") { return }
            advance()
        }
        throw TemplateSyntaxError("'{#' is never closed", line: begin)
    }

    /// Takes `}}`, `%}` or `#}` with or without `-`, if it stands here.
    private mutating func takeEnd(_ first: Character) -> Bool {
        let trims = characters[position] == "-"
        let start = trims ? position + 1 : position
        guard start + 1 < characters.count, characters[start] == first, characters[start + 1] == "}" else {
            return false
        }
        position = start + 2
        trimsNext = trims
        return true
    }

    /// Text up to `{% endraw %}`, in which braces are braces.
    private mutating func raw(_ begin: Int) throws(TemplateSyntaxError) {
        let start = position
        let startLine = line
        while position < characters.count {
            let end = position
            guard isTagStart, characters[position + 1] == "%" else {
                advance()
                continue
            }
            advance(2)
            let trimsEnd = position < characters.count && characters[position] == "-"
            if trimsEnd { advance() }
            let rest = characters[position...].drop(while: \.isWhitespace)
            guard rest.starts(with: "endraw") else { continue }
            advance(rest.startIndex + 6 - position)
            while position < characters.count, characters[position].isWhitespace { advance() }
            let trimsStart = trimsNext
            guard position < characters.count, takeEnd("%") else { continue }
            let trimsFollowing = trimsNext
            trimsNext = trimsStart
            addText(start..<end, trimsEnd: trimsEnd, startLine)
            trimsNext = trimsFollowing
            return
        }
        throw TemplateSyntaxError("'{% raw %}' is never closed; end it with {% endraw %}", line: begin)
    }

    // MARK: Tokens

    private mutating func tokens(
        until end: Character, opening: String, _ begin: Int
    ) throws(TemplateSyntaxError) -> [TemplateToken] {
        var tokens: [TemplateToken] = []
        while position < characters.count {
            if takeEnd(end) { return tokens }
            let character = characters[position]
            if character.isWhitespace {
                advance()
            } else if character == "\"" || character == "'" {
                tokens.append(.string(try string(quotedBy: character)))
            } else if character.isASCII, character.isNumber {
                tokens.append(try number())
            } else if Self.isNameStart(character) {
                tokens.append(.name(word()))
            } else if let symbol = Self.symbols.first(where: { characters[position...].starts(with: $0) }) {
                advance(symbol.count)
                tokens.append(.symbol(String(symbol)))
            } else if character == "}" {
                throw TemplateSyntaxError("'\(opening)' needs '\(end)}' at its end, got '}'", line: line)
            } else {
                throw TemplateSyntaxError("'\(character)' has no meaning between braces", line: line)
            }
        }
        throw TemplateSyntaxError("'\(opening)' is never closed", line: begin)
    }

    private static func isNameStart(_ character: Character) -> Bool { character.isLetter || character == "_" }

    private mutating func word() -> String {
        let start = position
        while position < characters.count {
            let character = characters[position]
            guard Self.isNameStart(character) || character.isNumber else { break }
            position += 1
        }
        return String(characters[start..<position])
    }

    private mutating func number() throws(TemplateSyntaxError) -> TemplateToken {
        let start = position
        var hasFraction = false
        while position < characters.count {
            let next = position + 1 < characters.count ? characters[position + 1] : " "
            if characters[position] == ".", !hasFraction, next.isASCII, next.isNumber {
                hasFraction = true
            } else if !(Self.isNameStart(characters[position]) || characters[position].isNumber) {
                break
            }
            position += 1
        }
        let text = String(characters[start..<position]).replacing("_", with: "")
        if !hasFraction, let value = Int64(text) { return .integer(value) }
        // No "nan", "inf" or hexadecimal digits, which Swift reads as numbers, too.
        if text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "." || $0 == "e") }), let value = Double(text),
            value.isFinite
        {
            return .number(value)
        }
        throw TemplateSyntaxError("'\(text)' is neither a number nor a name", line: line)
    }

    private mutating func string(quotedBy quote: Character) throws(TemplateSyntaxError) -> String {
        let begin = line
        advance()
        var text = ""
        while position < characters.count {
            let character = characters[position]
            advance()
            if character == quote { return text }
            guard character == "\\", position < characters.count else {
                text.append(character)
                continue
            }
            let escaped = characters[position]
            advance()
            switch escaped {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case "\\", "'", "\"": text.append(escaped)
            default: text += "\\\(escaped)"
            }
        }
        throw TemplateSyntaxError("a text begins with \(quote) and has no end", line: begin)
    }
}
