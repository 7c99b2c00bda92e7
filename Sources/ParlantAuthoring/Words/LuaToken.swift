/// One token of a script.
struct LuaToken: Equatable {
    enum Kind: Equatable {
        /// A name or a keyword.
        case name
        /// A literal; the text is what stands between its marks, escapes as they are written.
        case string
        case number
        case symbol
    }

    var kind: Kind
    var text: Substring
    /// From 1.
    var line: Int

    /// Whether it is this keyword or symbol.
    func `is`(_ text: String) -> Bool { kind != .string && self.text == text }
}

/// Cuts a script into tokens, without comments and white space. What is no Lua ends in symbols of one character: a load
/// says what is wrong there.
struct LuaLexer {
    private var rest: Substring
    private var line = 1
    private var tokens: [LuaToken] = []

    /// All tokens of a text, in order. Cost: one pass.
    static func tokens(of text: String) -> [LuaToken] {
        var lexer = LuaLexer(rest: text[...])
        // The first line may name an interpreter.
        if text.hasPrefix("#") { lexer.skip { $0 != "\n" } }
        while lexer.next() {}
        return lexer.tokens
    }

    private init(rest: Substring) { self.rest = rest }

    /// Longest first, so that `..` is not taken for two dots.
    private static let symbols = ["...", "..", "::", "==", "~=", "<=", ">=", "//", "<<", ">>"]

    private mutating func next() -> Bool {
        skip(\.isWhitespace)
        guard let first = rest.first else { return false }
        if rest.hasPrefix("--") {
            rest = rest.dropFirst(2)
            if longBracket() == nil { skip { !$0.isNewline } }
        } else if first.isLetter || first == "_" {
            add(.name, taking { $0.isLetter || $0.isNumber || $0 == "_" })
        } else if first.isNumber {
            add(.number, taking { $0.isLetter || $0.isNumber || $0 == "." })
        } else if first == "\"" || first == "'" {
            string(first)
        } else if first == "[", let begin = Optional(line), let text = longBracket() {
            tokens.append(LuaToken(kind: .string, text: text, line: begin))
        } else {
            let symbol = Self.symbols.first { rest.hasPrefix($0) } ?? String(first)
            add(.symbol, rest.prefix(symbol.count))
            rest = rest.dropFirst(symbol.count)
        }
        return true
    }

    private mutating func add(_ kind: LuaToken.Kind, _ text: Substring) {
        tokens.append(LuaToken(kind: kind, text: text, line: line))
    }

    private mutating func string(_ mark: Character) {
        let begin = line
        rest = rest.dropFirst()
        let start = rest.startIndex
        while let character = rest.first, character != mark, !character.isNewline {
            // `\z` and a backslash before a line break go on in the next line.
            if character == "\\" { advance() }
            if !rest.isEmpty { advance() }
        }
        let text = rest.base[start..<rest.startIndex]
        if rest.first == mark { rest = rest.dropFirst() }
        tokens.append(LuaToken(kind: .string, text: text, line: begin))
    }

    /// Takes `[[ … ]]` or `[==[ … ]==]`, to the end of the text if it is not closed.
    ///
    /// - Returns: What is inside; nil, and nothing taken, when none begins here.
    private mutating func longBracket() -> Substring? {
        guard rest.first == "[" else { return nil }
        let level = rest.dropFirst().prefix { $0 == "=" }
        guard rest.dropFirst(1 + level.count).first == "[" else { return nil }
        let inside = rest.dropFirst(2 + level.count)
        let end = "]\(level)]"
        let text = inside.firstRange(of: end).map { inside[..<$0.lowerBound] } ?? inside
        line += text.count { $0.isNewline }
        rest = rest.base[text.endIndex...].dropFirst(text.endIndex == inside.endIndex ? 0 : end.count)
        return text
    }

    private mutating func taking(_ isPart: (Character) -> Bool) -> Substring {
        let text = rest.prefix(while: isPart)
        rest = rest[text.endIndex...]
        return text
    }

    private mutating func skip(_ isSkipped: (Character) -> Bool) {
        while let character = rest.first, isSkipped(character) { advance() }
    }

    private mutating func advance() {
        if rest.first?.isNewline == true { line += 1 }
        rest = rest.dropFirst()
    }
}
