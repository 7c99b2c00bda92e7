import ParlantScripting

/// Tables of words that a name in a script can stand for: the server's modules, contexts, those of the test kit, and the
/// scripts' own modules.
struct WordTables {
    /// Words by table, without the scripts' own.
    private static let known = ScriptWords.tables.merging(SpecFunctions.words) { _, specs in specs }

    /// Where a word leads that is not called like its table.
    private static let links = ["parlant.test.assert": "assert", "parlant.test.conversation()": "chat"]

    /// Words of the scripts' own modules, by the name for `require`; never one of the server's.
    private let modules: [String: [String]]

    init(modules: [String: [String]] = [:]) { self.modules = modules }

    /// The table that `require` returns for a module; nil when its words are unknown.
    func module(_ name: String) -> String? {
        if ["parlant", "parlant.json", "parlant.test"].contains(name) { return name }
        return modules[name] == nil ? nil : "require " + name
    }

    /// The table of a path, as `ctx.http`; nil when its members are the script's own.
    func table(_ path: String) -> String? {
        let name = Self.links[path] ?? path
        return Self.known[name] == nil ? nil : name
    }

    /// What is wrong with a word; nil when the table has it.
    func refusal(of word: String, in table: String) -> String? {
        if let words = modules[String(table.trimmingPrefix("require "))], table.hasPrefix("require ") {
            guard !words.contains(word) else { return nil }
            return SpecWording.noMember(String(table.trimmingPrefix("require ")), word, words)
        }
        guard let words = Self.known[table], !words.contains(word) else { return nil }
        return SpecFunctions.words[table].map { SpecWording.unknownWord(table, word, $0) }
            ?? ScriptWords.refusal(of: word, in: table)
    }
}
