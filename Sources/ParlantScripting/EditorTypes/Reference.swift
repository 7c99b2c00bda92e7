import ParlantCore

/// The reference of the language as a page in Markdown, made of the tables that validate.
public enum Reference {
    /// The text of `docs/reference.md`.
    public static var page: String {
        var names = LuaTypeNames()
        var lines = [
            "# Reference", "",
            "All words of `require \"parlant\"`, from the tables by which scripts are checked; `make reference` writes this page.",
            "Types are written as editors know them (`parlant-runtime types`). Required fields have a `*`; fields that are not",
            "there are errors. The words of `require \"parlant.test\"` are in [testing.md](testing.md).", "",
        ]
        lines += ["## Module `parlant`", ""]
        lines += table(
            ["Word", "Type", "Meaning"],
            ModuleSchema.members.map { ["`\($0.name)`", code(EditorTypes.signature($0)), $0.doc] })
        lines += ["## Tables", "", "What constructors take, and the tables within.", ""]
        for (name, schema) in EditorTypes.records(&names) { lines += record(name, schema, &names) }
        lines += ["## Handles", "", "What constructors return.", ""]
        for kind in EntityKind.allCases where kind != .void { lines += handle(kind, &names) }
        return (lines + contexts).joined(separator: "\n") + "\n"
    }

    private static func record(_ name: String, _ schema: RecordSchema, _ names: inout LuaTypeNames) -> [String] {
        var rows: [[String]] = []
        for field in schema.fields {
            let type = names.name(of: field.type, owner: name, field: field.name)
            rows.append([
                "`\(field.name)`\(field.required ? "*" : "")", code(type), fallback(field.defaultText), field.doc,
            ])
        }
        return ["### `\(name)`", ""] + table(["Field", "Type", "Default", "Meaning"], rows)
    }

    /// Values are code, sentences are not.
    private static func fallback(_ text: String?) -> String {
        guard let text else { return "" }
        let isValue = text.hasPrefix("\"") || ["true", "false"].contains(text) || Double(text) != nil
        return isValue ? code(text) : text
    }

    private static func handle(_ kind: EntityKind, _ names: inout LuaTypeNames) -> [String] {
        let schema = HandleSchema.of(kind)
        var rows: [[String]] = []
        for field in schema.fields {
            let type = names.name(of: field.type, owner: kind.luaName, field: field.name)
            rows.append(["`\(field.name)`", code(type + (field.required ? "" : "?")), field.doc])
        }
        for method in schema.methods {
            rows.append(["`:\(method.name)`", code(EditorTypes.signature(method, of: kind)), method.doc])
        }
        guard !rows.isEmpty else { return [] }
        return ["### `\(kind.luaName)`", ""] + table(["Member", "Type", "Meaning"], rows)
    }

    private static var contexts: [String] {
        var rows: [[String]] = []
        for (path, doc) in ContextDocs.members.sorted(by: { $0.key < $1.key }) {
            let kinds = ContextMembers.kinds(of: path)
            let place = kinds.count == HandlerKind.allCases.count ? "everywhere" : ContextMembers.list(kinds)
            let parent = path[..<(path.lastIndex(of: ".") ?? path.startIndex)]
            let word = path.dropFirst(parent.count + 1)
            switch doc.form {
            case .part: rows.append(["`\(path)`", "", doc.doc, place])
            case .field(let type): rows.append(["`\(path)`", code(type), doc.doc, place])
            case .method(let parameters, let results):
                rows.append([
                    "`\(parent):\(word)`", code("(\(parameters))\(results.isEmpty ? "" : ": \(results)")"), doc.doc,
                    place,
                ])
            }
        }
        return ["## Contexts", "", "What is on `ctx`, and in which kinds of handlers.", ""]
            + table(["Member", "Type", "Meaning", "In"], rows).dropLast()
    }

    private static func code(_ text: String) -> String { "`\(text.replacing("|", with: "\\|"))`" }

    /// A table, with an empty line after it.
    private static func table(_ heads: [String], _ rows: [[String]]) -> [String] {
        [line(heads), "|" + String(repeating: "---|", count: heads.count)] + rows.map(line) + [""]
    }

    private static func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
