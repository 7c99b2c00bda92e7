import LuaRuntime

/// What `luacheck` must know to find misspelt globals: the names of the sandbox. It sees no members of a `local` that
/// `require` returned; `parlant-runtime check` does.
public enum LuacheckRules {
    /// The first line of the file, by which a written one is known.
    public static let mark = "-- What scripts find in the sandbox, for luacheck. Written by 'parlant-runtime types'."

    /// The text of `.luacheckrc`.
    public static var file: String {
        var lines = [mark, "std = {", "  read_globals = {"]
        lines += wrapped(LuaSandbox.globals, indent: 4)
        for (name, members) in LuaSandbox.libraries {
            lines += ["    \(name) = {", "      fields = {"] + wrapped(members, indent: 8) + ["      },", "    },"]
        }
        return (lines + ["  },", "}"]).joined(separator: "\n") + "\n"
    }

    /// Strings with commas in lines of at most 100 characters.
    private static func wrapped(_ names: [String], indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines = [margin]
        for item in names.map({ "\"\($0)\"," }) {
            let line = lines[lines.count - 1]
            let isFirst = line == margin
            if isFirst || line.count + item.count < 100 {
                lines[lines.count - 1] += (isFirst ? "" : " ") + item
            } else {
                lines.append(margin + item)
            }
        }
        return lines
    }
}
