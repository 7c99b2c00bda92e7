/// The words of a script's own modules, as far as its text alone tells them.
enum ModuleWords {
    /// Words of what a file returns, when it is plain to see: `local M = {}` with `M.word = …` and
    /// `function M.word(…)`, then `return M`. Nil for anything else, and for a table of which more is done.
    static func words(of text: String) -> [String]? {
        let tokens = LuaLexer.tokens(of: text)
        guard tokens.count > 6, tokens[tokens.count - 2].is("return"), tokens[tokens.count - 1].kind == .name,
            let name = tokens.last
        else { return nil }
        func isAt(_ index: Int, _ texts: String...) -> Bool {
            texts.indices.allSatisfy { tokens.indices.contains(index + $0) && tokens[index + $0].is(texts[$0]) }
        }
        guard let start = tokens.indices.first(where: { isAt($0, "local", String(name.text), "=", "{", "}") }) else {
            return nil
        }
        var words: [String] = []
        for index in (start + 5)..<(tokens.count - 1)
        where tokens[index].kind == .name && tokens[index].text == name.text {
            // A member of something else.
            if isAt(index - 1, ".") || isAt(index - 1, ":") { continue }
            guard isAt(index + 1, ".") || isAt(index + 1, ":"), tokens[index + 2].kind == .name else { return nil }
            if isAt(index + 3, "=") || isAt(index - 1, "function") { words.append(String(tokens[index + 2].text)) }
        }
        return words
    }

    /// Name by which `require` finds a file: `agents/bank/tools.lua` is `bank.tools`, `agents/bank/init.lua` is `bank`.
    static func module(of file: String) -> String {
        var parts = file.split(separator: "/").dropFirst().map(String.init)
        if parts.last == "init.lua", parts.count > 1 { parts.removeLast() }
        return parts.joined(separator: ".").replacing(/\.lua$/, with: "")
    }
}
