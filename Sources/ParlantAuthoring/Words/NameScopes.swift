/// What the names of a script stand for at one place, as far as a table of words is behind them.
struct NameScopes {
    /// What a local stands for.
    enum Meaning: Equatable {
        /// Declared without a value.
        case nothing
        case table(String)
        /// Something whose members only the script knows.
        case other

        init(_ table: String?) { self = table.map(Meaning.table) ?? .other }
    }

    private struct Scope {
        var names: [Substring: Meaning] = [:]
        /// Opened by `for` or `while`, whose `do` opens no other one.
        var awaitsDo = false
        /// Brackets that are open in it.
        var brackets: [Substring] = []
    }

    private var scopes = [Scope()]

    /// A block begins; that of a loop before its `do`.
    mutating func open(awaitsDo: Bool = false) { scopes.append(Scope(awaitsDo: awaitsDo)) }

    /// `do`: the body of a loop, or a block of its own.
    mutating func openDo() {
        if scopes[scopes.count - 1].awaitsDo { scopes[scopes.count - 1].awaitsDo = false } else { open() }
    }

    /// A block ends. One end too many does nothing.
    mutating func close() { if scopes.count > 1 { scopes.removeLast() } }

    /// A bracket opens or closes.
    mutating func bracket(_ text: Substring) {
        switch text {
        case "(", "{", "[": scopes[scopes.count - 1].brackets.append(text)
        case ")", "}", "]": _ = scopes[scopes.count - 1].brackets.popLast()
        default: break
        }
    }

    /// Whether no bracket is open in the innermost block: what stands here is a statement, and `name =` no field.
    var isInStatement: Bool { scopes[scopes.count - 1].brackets.isEmpty }

    /// A local of the innermost block.
    mutating func declare(_ name: Substring, as meaning: Meaning) { scopes[scopes.count - 1].names[name] = meaning }

    /// A local gets a value. One that had another stands for nothing known from here on: who knows which came first.
    mutating func assign(_ name: Substring, _ meaning: Meaning) {
        guard let index = scopes.lastIndex(where: { $0.names[name] != nil }) else { return }
        let had = scopes[index].names[name]
        scopes[index].names[name] = had == .nothing || had == meaning ? meaning : .other
    }

    /// The table that a name stands for.
    func table(of name: Substring) -> String? {
        guard case .table(let table)? = scopes.last(where: { $0.names[name] != nil })?.names[name] else { return nil }
        return table
    }
}
