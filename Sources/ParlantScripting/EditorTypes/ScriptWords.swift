/// The words that scripts can say, from the tables that validate: for checks of what a load does not run.
public enum ScriptWords {
    /// Words by the table that has them, as `parlant`, `parlant.json`, `ctx` and `ctx.http`. Whatever is not a table
    /// here has members that nobody but the script knows.
    public static let tables: [String: [String]] = {
        var tables = [
            "parlant": Vocabulary.module.words, "parlant.tags": ["preamble"], "parlant.json": EditorTypes.jsonWords,
        ]
        for path in ContextMembers.paths.sorted() {
            guard let dot = path.lastIndex(of: ".") else { continue }
            tables[String(path[..<dot]), default: []].append(String(path[path.index(after: dot)...]))
        }
        return tables
    }()

    /// Why a table has no such word, as the server says it: `ctx.http: there is no 'gett' (did you mean 'get'?)`.
    public static func refusal(of word: String, in table: String) -> String {
        if table == "parlant" { return "parlant: \(Vocabulary.module.refusal(of: word))" }
        return "\(table): \(Wording.noSuchWord(word, among: (tables[table] ?? []).sorted()))"
    }
}
