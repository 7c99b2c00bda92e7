/// Reads expressions from the tokens of one tag, with the precedence of Jinja: `if`/`else`, `or`, `and`, `not`,
/// comparisons, `+` and `-`, `~`, `*` and its kin, signs, then filters and tests.
struct TemplateTokens {
    /// Words that are no names of fields.
    static let reserved: Set = ["and", "or", "not", "in", "is", "if", "else"]

    private static let constants: [String: JSONValue] = [
        "true": true, "True": true, "false": false, "False": false, "none": .null, "None": .null,
    ]

    private let tokens: [TemplateToken]
    private let line: Int
    private var position = 0
    /// Counts what was made, because each part may be a level of the tree.
    private var parts = 0

    init(_ tokens: [TemplateToken], line: Int) {
        self.tokens = tokens
        self.line = line
    }

    private var next: TemplateToken? { position < tokens.count ? tokens[position] : nil }

    /// Takes a name, if one comes.
    mutating func takeName() -> String? {
        guard case .name(let name) = next else { return nil }
        position += 1
        return name
    }

    /// Takes this sign, if it comes.
    mutating func take(_ symbol: String) -> Bool {
        guard next == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    /// Takes this word, if it comes.
    mutating func take(word: String) -> Bool {
        guard next == .name(word) else { return false }
        position += 1
        return true
    }

    /// Throws unless all tokens were taken.
    func expectEnd(of closing: String) throws(TemplateSyntaxError) {
        if let next { throw error("expected '\(closing)', got '\(next.text)'") }
    }

    private func error(_ message: String) -> TemplateSyntaxError { TemplateSyntaxError(message, line: line) }

    private mutating func countPart() throws(TemplateSyntaxError) {
        parts += 1
        guard parts <= TemplateLimits.expressionParts else {
            throw error("the expression has more than \(TemplateLimits.expressionParts) parts; split it")
        }
    }

    private mutating func made(_ expression: TemplateExpression) throws(TemplateSyntaxError) -> TemplateExpression {
        try countPart()
        return expression
    }

    // MARK: Operators

    /// One expression. The conditional form is left out where an `if` belongs to what surrounds it.
    mutating func expression(allowsConditional: Bool = true) throws(TemplateSyntaxError) -> TemplateExpression {
        // Brackets nest without making parts, so they are counted before what they hold is read.
        try countPart()
        let value = try disjunction()
        guard allowsConditional, take(word: "if") else { return value }
        let condition = try disjunction()
        let otherwise = take(word: "else") ? try expression() : nil
        return .conditional(value, condition: condition, otherwise: otherwise)
    }

    private mutating func disjunction() throws(TemplateSyntaxError) -> TemplateExpression {
        var left = try conjunction()
        while take(word: "or") { left = try made(.either(left, try conjunction())) }
        return left
    }

    private mutating func conjunction() throws(TemplateSyntaxError) -> TemplateExpression {
        var left = try negation()
        while take(word: "and") { left = try made(.both(left, try negation())) }
        return left
    }

    private mutating func negation() throws(TemplateSyntaxError) -> TemplateExpression {
        var count = 0
        while take(word: "not") { count += 1 }
        let value = try comparison()
        return count == 0 ? value : count % 2 == 1 ? .not(value) : .not(.not(value))
    }

    private mutating func comparison() throws(TemplateSyntaxError) -> TemplateExpression {
        let left = try sum()
        guard let comparison = takeComparison() else { return left }
        let right = try sum()
        if takeComparison() != nil { throw error("comparisons are joined with 'and', as in a < b and b < c") }
        return try made(.comparison(comparison, left, right))
    }

    private mutating func takeComparison() -> TemplateComparison? {
        if take(word: "in") { return .contained }
        if next == .name("not"), position + 1 < tokens.count, tokens[position + 1] == .name("in") {
            position += 2
            return .notContained
        }
        guard case .symbol(let symbol) = next, let comparison = TemplateComparison(rawValue: symbol) else { return nil }
        position += 1
        return comparison
    }

    private mutating func takeOperator(_ symbols: String...) -> TemplateOperator? {
        guard case .symbol(let symbol) = next, symbols.contains(symbol) else { return nil }
        position += 1
        return TemplateOperator(rawValue: symbol)
    }

    private mutating func sum() throws(TemplateSyntaxError) -> TemplateExpression {
        var left = try concatenation()
        while let operation = takeOperator("+", "-") {
            left = try made(.arithmetic(operation, left, try concatenation()))
        }
        return left
    }

    private mutating func concatenation() throws(TemplateSyntaxError) -> TemplateExpression {
        var left = try product()
        while take("~") { left = try made(.joined(left, try product())) }
        return left
    }

    private mutating func product() throws(TemplateSyntaxError) -> TemplateExpression {
        var left = try filtered(try sign())
        while let operation = takeOperator("*", "/", "//", "%") {
            left = try made(.arithmetic(operation, left, try filtered(try sign())))
        }
        return left
    }

    private mutating func sign() throws(TemplateSyntaxError) -> TemplateExpression {
        var isNegative = false
        while next == .symbol("-") || next == .symbol("+") {
            if take("-") { isNegative.toggle() } else { _ = take("+") }
        }
        let value = try postfixed(try primary())
        return isNegative ? try made(.negative(value)) : value
    }

    // MARK: Values

    private mutating func primary() throws(TemplateSyntaxError) -> TemplateExpression {
        guard let token = next else { throw error("a value is missing at the end") }
        position += 1
        switch token {
        case .string(let text): return try made(.literal(.string(text)))
        case .integer(let value): return try made(.literal(.integer(value)))
        case .number(let value): return try made(.literal(.number(value)))
        case .name(let name):
            if let constant = Self.constants[name] { return try made(.literal(constant)) }
            guard !Self.reserved.contains(name) else { throw error("a value is expected, got '\(name)'") }
            if next == .symbol("(") { throw error("there is no function '\(name)'; filters are written x | \(name)") }
            return try made(.path([name]))
        case .symbol("("):
            let inner = try expression()
            guard take(")") else { throw error("'(' is never closed") }
            return inner
        case .symbol("["):
            var items: [TemplateExpression] = []
            while next != .symbol("]") {
                items.append(try expression())
                guard take(",") else { break }
            }
            guard take("]") else { throw error("'[' is never closed") }
            return try made(.list(items))
        case .symbol(let symbol): throw error("a value is expected, got '\(symbol)'")
        }
    }

    private mutating func postfixed(_ start: TemplateExpression) throws(TemplateSyntaxError) -> TemplateExpression {
        var value = start
        while true {
            if take(".") {
                value = try member(of: value)
            } else if take("[") {
                let index = try expression()
                guard take("]") else { throw error("'[' is never closed") }
                if case .literal(.string(let key)) = index, case .path(let names) = value {
                    value = try made(.path(names + [key]))
                } else {
                    value = try made(.element(value, index))
                }
            } else {
                return value
            }
        }
    }

    private mutating func member(of value: TemplateExpression) throws(TemplateSyntaxError) -> TemplateExpression {
        if case .integer(let index) = next {
            position += 1
            return try made(.element(value, .literal(.integer(index))))
        }
        guard let name = takeName() else { throw error("a name is missing after '.'") }
        guard next == .symbol("(") else {
            if case .path(let names) = value { return try made(.path(names + [name])) }
            return try made(.member(value, name))
        }
        guard let filter = TemplateFilter.methods[name].flatMap({ TemplateFilter.named[$0] }) else {
            let hint = Suggestion.nearest(to: name, among: TemplateFilter.methods.keys)
            throw error("there is no method '\(name)'\(hint.map { " (did you mean '\($0)'?)" } ?? "; use a filter")")
        }
        return try call(filter, on: value)
    }

    // MARK: Filters and tests

    private mutating func filtered(_ start: TemplateExpression) throws(TemplateSyntaxError) -> TemplateExpression {
        var value = start
        while true {
            if take("|") {
                guard let name = takeName() else { throw error("a filter is missing after '|'") }
                guard let filter = TemplateFilter.named[name] else {
                    throw error("unknown filter '\(name)'\(Self.hint(name, among: TemplateFilter.names))")
                }
                value = try call(filter, on: value)
            } else if take(word: "is") {
                let isNegated = take(word: "not")
                guard let name = takeName() else { throw error("a test is missing after 'is'") }
                guard let test = TemplateTest(rawValue: name.lowercased()) else {
                    let names = TemplateTest.allCases.map(\.rawValue)
                    throw error("unknown test '\(name)'\(Self.hint(name, among: names))")
                }
                value = try made(.test(test, value, isNegated: isNegated))
            } else {
                return value
            }
        }
    }

    private static func hint(_ name: String, among names: [String]) -> String {
        if let nearest = Suggestion.nearest(to: name, among: names) { return " (did you mean '\(nearest)'?)" }
        return "; there are \(names.sorted().joined(separator: ", "))"
    }

    private mutating func call(
        _ filter: TemplateFilter, on value: TemplateExpression
    ) throws(TemplateSyntaxError) -> TemplateExpression {
        var arguments = TemplateArguments()
        if take("(") {
            while next != .symbol(")") {
                if case .name(let name) = next, position + 1 < tokens.count, tokens[position + 1] == .symbol("=") {
                    position += 2
                    arguments.named.append((name, try expression()))
                } else {
                    arguments.positional.append(try expression())
                }
                guard take(",") else { break }
            }
            guard take(")") else { throw error("'(' is never closed") }
        }
        if let problem = filter.problem(with: arguments) { throw error("filter '\(filter.name)': \(problem)") }
        return try made(.filter(filter, value, arguments))
    }
}
