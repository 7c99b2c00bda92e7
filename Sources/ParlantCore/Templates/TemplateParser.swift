/// Makes a tree of a template's pieces.
struct TemplateParser {
    private let segments: [TemplateSegment]
    private var position = 0
    private var depth = 0

    init(_ segments: [TemplateSegment]) { self.segments = segments }

    /// The whole template.
    mutating func parse() throws(TemplateSyntaxError) -> [TemplateNode] {
        let (nodes, end) = try block()
        if let end { throw TemplateSyntaxError("'\(end.word)' has no '\(Self.opener(of: end.word))'", line: end.line) }
        return nodes
    }

    /// The statement that ended a block.
    private struct BlockEnd {
        var word: String
        var tokens: TemplateTokens
        var line: Int
    }

    private static let statements = ["for", "if"]
    private static let inner = ["elif", "else", "endfor", "endif"]

    private static func opener(of word: String) -> String { word == "endfor" ? "for" : "if" }

    /// Pieces up to a statement that the block does not begin itself; nil at the end of the template.
    private mutating func block() throws(TemplateSyntaxError) -> (nodes: [TemplateNode], end: BlockEnd?) {
        var nodes: [TemplateNode] = []
        while position < segments.count {
            let segment = segments[position]
            position += 1
            switch segment.content {
            case .text(let text): nodes.append(.text(text))
            case .output(let tokens):
                guard !tokens.isEmpty else {
                    throw TemplateSyntaxError(
                        "'{{}}' is empty; write a name such as {{std.customer.name}}", line: segment.line)
                }
                var parser = TemplateTokens(tokens, line: segment.line)
                let expression = try parser.expression()
                try parser.expectEnd(of: "}}")
                nodes.append(.output(expression, line: segment.line))
            case .statement(let tokens):
                var parser = TemplateTokens(tokens, line: segment.line)
                guard let word = parser.takeName() else {
                    throw TemplateSyntaxError("'{%' needs 'for' or 'if'", line: segment.line)
                }
                if Self.inner.contains(word) {
                    return (nodes, BlockEnd(word: word, tokens: parser, line: segment.line))
                }
                nodes.append(try statement(word, &parser, segment.line))
            }
        }
        return (nodes, nil)
    }

    private mutating func statement(
        _ word: String, _ tokens: inout TemplateTokens, _ line: Int
    ) throws(TemplateSyntaxError) -> TemplateNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= TemplateLimits.blockDepth else {
            throw TemplateSyntaxError("more than \(TemplateLimits.blockDepth) blocks within each other", line: line)
        }
        switch word {
        case "for": return .loop(try loop(&tokens, line))
        case "if": return try choice(&tokens, line)
        default:
            let words = Self.statements + Self.inner + ["raw", "endraw"]
            let hint = Suggestion.nearest(to: word, among: words).map { " (did you mean '\($0)'?)" }
            throw TemplateSyntaxError(
                "there is no statement '\(word)'\(hint ?? "; there are 'for' and 'if'")", line: line)
        }
    }

    private mutating func loop(_ tokens: inout TemplateTokens, _ line: Int) throws(TemplateSyntaxError) -> TemplateLoop
    {
        var names: [String] = []
        repeat {
            guard let name = tokens.takeName(), !TemplateTokens.reserved.contains(name), name != "loop" else {
                throw TemplateSyntaxError("'for' needs a name, as in {% for item in items %}", line: line)
            }
            names.append(name)
        } while tokens.take(",")
        guard names.count <= 2, tokens.take(word: "in") else {
            throw TemplateSyntaxError(
                "'for' needs one name or two, then 'in', as in {% for item in items %}", line: line)
        }
        // The `if` of a loop is not that of `a if b else c`.
        let items = try tokens.expression(allowsConditional: false)
        var condition: TemplateExpression?
        if tokens.take(word: "if") { condition = try tokens.expression() }
        try tokens.expectEnd(of: "%}")
        var loop = TemplateLoop(
            names: names, items: items, condition: condition, body: [], otherwise: [], line: line)
        var (nodes, end) = try block()
        loop.body = nodes
        if let first = end, first.word == "else" {
            try end?.tokens.expectEnd(of: "%}")
            (nodes, end) = try block()
            loop.otherwise = nodes
        }
        try expect("endfor", end, of: "for", line)
        return loop
    }

    private mutating func choice(
        _ tokens: inout TemplateTokens, _ line: Int
    ) throws(TemplateSyntaxError) -> TemplateNode {
        var branches: [TemplateBranch] = []
        var otherwise: [TemplateNode] = []
        var condition = try tokens.expression()
        try tokens.expectEnd(of: "%}")
        var branchLine = line
        while true {
            var (nodes, end) = try block()
            branches.append(TemplateBranch(condition: condition, body: nodes, line: branchLine))
            if var next = end, next.word == "elif" {
                condition = try next.tokens.expression()
                try next.tokens.expectEnd(of: "%}")
                branchLine = next.line
                continue
            }
            if let next = end, next.word == "else" {
                try end?.tokens.expectEnd(of: "%}")
                (otherwise, end) = try block()
            }
            try expect("endif", end, of: "if", line)
            return .choice(branches, otherwise: otherwise)
        }
    }

    private func expect(
        _ word: String, _ end: BlockEnd?, of opener: String, _ line: Int
    ) throws(TemplateSyntaxError) {
        guard let end else {
            throw TemplateSyntaxError("'{% \(opener) %}' is never closed; end it with {% \(word) %}", line: line)
        }
        guard end.word == word else {
            throw TemplateSyntaxError("'\(end.word)' stands where '\(word)' is expected", line: end.line)
        }
        try end.tokens.expectEnd(of: "%}")
    }
}
