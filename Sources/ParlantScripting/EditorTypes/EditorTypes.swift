import ParlantCore

/// The types of `require "parlant"` and `require "parlant.json"` for editors, made of the tables that validate: what the
/// editor underlines is what the server refuses.
public enum EditorTypes {
    /// The line of every stub that keeps it from being loaded as a module, and by which a written stub is known.
    public static let refusal = "error(\"parlant-runtime types: read by editors, never loaded by the server\")"

    /// The text of `types/parlant.lua`.
    public static var module: String {
        var names = LuaTypeNames()
        var lines = ["---@meta parlant", refusal, ""]
        for (name, schema) in records(&names) { lines += record(name, schema, &names) }
        lines += ContractClasses.lines
        for kind in EntityKind.allCases where kind != .void { lines += handle(kind, &names) }
        for (name, members) in ContextClasses().all { lines += ["---@class (exact) \(name)"] + members + [""] }
        lines += parlantModule
        return lines.joined(separator: "\n") + "\n"
    }

    /// All records: what constructors take, then what is nested in it, each under the name of its class.
    static func records(_ names: inout LuaTypeNames) -> [(name: String, schema: RecordSchema)] {
        var records = EntityKind.allCases.compactMap { kind in kind.schema.map { (name: specName(kind), schema: $0) } }
        records.append(("parlant.ResultSpec", .result))
        var seen = 0
        // Naming the types of a record's fields finds further records.
        var queue = records[...]
        while let (name, schema) = queue.popFirst() {
            for field in schema.fields { _ = names.name(of: field.type, owner: name, field: field.name) }
            queue += names.records[seen...]
            records += names.records[seen...]
            seen = names.records.count
        }
        return records
    }

    static func specName(_ kind: EntityKind) -> String { kind.luaName + "Spec" }

    private static func record(_ name: String, _ schema: RecordSchema, _ names: inout LuaTypeNames) -> [String] {
        var lines = ["---@class (exact) \(name)"]
        for field in schema.fields {
            let type = names.name(of: field.type, owner: name, field: field.name)
            let fallback = field.defaultText.map { " (default: `\($0)`)" } ?? ""
            lines += ["---", "--- \(field.doc)\(fallback)"]
            lines.append("---@field \(field.name)\(field.required ? "" : "?") \(type)")
        }
        return lines + [""]
    }

    private static func handle(_ kind: EntityKind, _ names: inout LuaTypeNames) -> [String] {
        let schema = HandleSchema.of(kind)
        var lines = ["---@class (exact) \(kind.luaName)"]
        for field in schema.fields {
            let type = names.name(of: field.type, owner: kind.luaName, field: field.name)
            lines += ["---", "--- \(field.doc)", "---@field \(field.name)\(field.required ? "" : "?") \(type)"]
        }
        for method in schema.methods {
            lines += ["---", "--- \(method.doc)", "---@field \(method.name) \(signature(method, of: kind))"]
        }
        return lines + [""]
    }

    /// The type of a method, with the class that it is called on.
    static func signature(_ method: MethodSchema, of kind: EntityKind) -> String {
        method.signature.replacing("fun(self", with: "fun(self: \(kind.luaName)")
            .replacing("): self", with: "): \(kind.luaName)")
            .replacing(
                "handler: fun(ctx, event)",
                with: "handler: fun(ctx: \(LuaTypeNames.contextName(.hook)), event: parlant.HookEvent)")
    }

    /// The type of a word of the module.
    static func signature(_ member: ModuleSchema.Member) -> String {
        switch member.form {
        case .define(let kind): "fun(spec: \(specName(kind))): \(kind.luaName)"
        case .function(let signature): signature
        case .value(let type): type
        }
    }

    private static var parlantModule: [String] {
        var lines = ["---@class (exact) parlant"]
        for member in ModuleSchema.members {
            lines += ["---", "--- \(member.doc)", "---@field \(member.name) \(signature(member))"]
        }
        return lines + ["local parlant = {}", "", "return parlant"]
    }

    /// The words of `types/parlant/json.lua`.
    static let jsonWords = ["null", "encode", "decode", "object", "array"]

    /// The text of `types/parlant/json.lua`.
    public static let json = """
        ---@meta parlant.json
        \(refusal)

        ---@class parlant.json
        ---@field null parlant.null
        local json = {}

        --- The value as text, with sorted keys.
        ---@param value any
        ---@param options? { indent?: integer }
        ---@return string
        function json.encode(value, options) end

        --- The value that the text holds; `nil` and why when it holds none.
        ---@param text string
        ---@return any value
        ---@return string? err
        function json.decode(text) end

        --- Marks a table as an object, so that an empty one is `{}`.
        ---@param value table
        ---@return table
        function json.object(value) end

        --- Marks a table as a list.
        ---@param value table
        ---@return table
        function json.array(value) end

        return json

        """
}
