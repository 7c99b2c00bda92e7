/// Finds words that do not exist in what a load does not run: the bodies of functions, and specs.
///
/// It knows `local parlant = require "parlant"` and the other modules of the server, modules of the scripts whose words
/// are plain to see, `ctx` where it is the first parameter of a function, the conversation of a test, and locals that stand for a member of one of them. It follows
/// no other value: what it finds is wrong, and what it does not know it passes.
struct WordCheck {
    /// A word that does not exist.
    struct Finding: Equatable {
        var line: Int
        var message: String
    }

    private let tables: WordTables
    private let tokens: [LuaToken]
    private var position = 0
    private var scopes = NameScopes()
    private var findings: [Finding] = []

    /// What is wrong in a script, by line. Cost: one pass over its text.
    static func findings(in text: String, _ tables: WordTables = .init()) -> [Finding] {
        var check = WordCheck(tokens: LuaLexer.tokens(of: text), tables)
        while check.position < check.tokens.count { check.step() }
        return check.findings
    }

    private init(tokens: [LuaToken], _ tables: WordTables) {
        self.tokens = tokens
        self.tables = tables
    }

    private func token(_ offset: Int = 0) -> LuaToken? {
        tokens.indices.contains(position + offset) ? tokens[position + offset] : nil
    }

    private func isNext(_ text: String, _ offset: Int = 0) -> Bool { token(offset)?.is(text) == true }

    /// Takes one statement's head, one use of a name, or one token.
    private mutating func step() {
        let token = tokens[position]
        guard token.kind == .name else {
            if token.kind == .symbol { scopes.bracket(token.text) }
            position += 1
            return
        }
        switch token.text {
        case "local": local()
        case "function": function()
        case "for": loop()
        case "while": open(awaitsDo: true)
        case "repeat", "then": open()
        case "do":
            scopes.openDo()
            position += 1
        case "end", "until", "elseif": close()
        case "else":
            close()
            scopes.open()
        default: use()
        }
    }

    private mutating func open(awaitsDo: Bool = false) {
        scopes.open(awaitsDo: awaitsDo)
        position += 1
    }

    private mutating func close() {
        scopes.close()
        position += 1
    }

    /// `local a, b = x, y`; a function is the name's own.
    private mutating func local() {
        position += 1
        if isNext("function") {
            if let name = token(1) { scopes.declare(name.text, as: .other) }
            return function()
        }
        let names = names()
        guard isNext("=") else { return names.forEach { scopes.declare($0, as: .nothing) } }
        position += 1
        // Values are read before the names hold.
        let values = values(at: position)
        for (index, name) in names.enumerated() {
            scopes.declare(name, as: .init(index < values.count ? values[index] : nil))
        }
    }

    /// Names with commas between them, without their attributes.
    private mutating func names() -> [Substring] {
        var names: [Substring] = []
        while let token = token(), token.kind == .name {
            names.append(token.text)
            position += isNext("<", 1) ? 4 : 1
            guard isNext(",") else { break }
            position += 1
        }
        return names
    }

    /// Tables of a list of values, from the first on, as far as they are names, members or `require`. The position does
    /// not move: what stands there is checked as any other use.
    private func values(at start: Int) -> [String?] {
        var values: [String?] = []
        var at = start
        while let (table, end) = value(at) {
            let next = tokens.indices.contains(end) ? tokens[end] : nil
            let isMore = next?.is(",") == true
            // Anything else goes on with the value: a call, an operator.
            let isWhole = next.map { $0.is(";") || $0.kind == .name && !$0.is("and") && !$0.is("or") } ?? true
            values.append(isMore || isWhole ? table : nil)
            guard isMore else { break }
            at = end + 1
        }
        return values
    }

    /// The table of one value, and where it ends; nil when it is anything else.
    private func value(_ start: Int) -> (table: String?, end: Int)? {
        func text(_ index: Int) -> Substring? {
            tokens.indices.contains(index) && tokens[index].kind != .string ? tokens[index].text : nil
        }
        func string(_ index: Int) -> String? {
            tokens.indices.contains(index) && tokens[index].kind == .string ? String(tokens[index].text) : nil
        }
        guard let first = text(start), tokens[start].kind == .name else { return nil }
        if first == "require" {
            let inBrackets = text(start + 1) == "("
            guard let module = string(start + (inBrackets ? 2 : 1)) else { return nil }
            return (tables.module(module), start + (inBrackets ? 4 : 2))
        }
        var table = scopes.table(of: first)
        var end = start + 1
        while text(end) == ".", let member = text(end + 1) {
            table = table.flatMap { tables.table("\($0).\(member)") }
            // A path without a table behind it may lead to one: parlant.test.conversation.
            if table == nil, text(end + 2) == "{" || text(end + 2) == "(", let owner = scopes.table(of: first) {
                return (tables.table("\(owner).\(member)()"), afterBrackets(end + 2))
            }
            end += 2
        }
        return (table, end)
    }

    /// Where the brackets that open at a place are closed, and one on.
    private func afterBrackets(_ start: Int) -> Int {
        var depth = 0
        for index in start..<tokens.count where tokens[index].kind == .symbol {
            if ["(", "{", "["].contains(tokens[index].text) { depth += 1 }
            if [")", "}", "]"].contains(tokens[index].text) { depth -= 1 }
            if depth == 0 { return index + 1 }
        }
        return tokens.count
    }

    /// `function a.b:c(ctx, …)`, or one without a name.
    private mutating func function() {
        position += 1
        scopes.open()
        while let token = token(), !token.is("(") {
            guard token.kind == .name || token.is(".") || token.is(":") else { return }
            position += 1
        }
        position += 1
        for (index, name) in names().enumerated() {
            scopes.declare(name, as: index == 0 && name == "ctx" ? .table("ctx") : .other)
        }
        // The rest of the list: a closing bracket whose opening one was not counted.
        while let token = token(), !token.is(")") {
            guard token.is("...") || token.is(",") else { return }
            position += 1
        }
        position += 1
    }

    private mutating func loop() {
        position += 1
        scopes.open(awaitsDo: true)
        names().forEach { scopes.declare($0, as: .other) }
    }

    /// A name with its members: each must be a word of the table before it.
    private mutating func use() {
        defer { position += 1 }
        let name = tokens[position].text
        let isMember = isNext(".", -1) || isNext(":", -1)
        if isMember { return }
        if isAssigned() {
            let isAlone = isNext("=", 1) && !isNext(",", -1)
            return scopes.assign(name, .init(isAlone ? values(at: position + 2).first ?? nil : nil))
        }
        guard var table = scopes.table(of: name) else { return }
        while isNext(".", 1) || isNext(":", 1), let member = token(2), member.kind == .name {
            position += 2
            if let message = tables.refusal(of: String(member.text), in: table) {
                return findings.append(Finding(line: member.line, message: message))
            }
            guard let next = tables.table("\(table).\(member.text)") else { return }
            table = next
        }
    }

    /// Whether the names from here on, with commas between them, get values.
    private func isAssigned() -> Bool {
        guard scopes.isInStatement else { return false }
        var index = position
        while tokens.indices.contains(index + 1), tokens[index].kind == .name, tokens[index + 1].is(",") { index += 2 }
        return tokens.indices.contains(index + 1) && tokens[index + 1].is("=")
    }
}
