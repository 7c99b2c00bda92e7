import ParlantCore

/// Writes field types in the notation of editors (LuaCATS), and remembers the records that they name.
struct LuaTypeNames {
    /// Records within other records, by the class name that they got, in the order in which they were named.
    private(set) var records: [(name: String, schema: RecordSchema)] = []

    /// The type of a field.
    ///
    /// - Parameters:
    ///   - owner: Class that has the field, as `parlant.ResultSpec`; a record in it is named after both.
    ///   - field: Name of the field.
    mutating func name(of type: FieldType, owner: String, field: String) -> String {
        switch type {
        case .text, .shortText, .name, .cron: return "string"
        case .integer: return "integer"
        case .number, .nonNegative, .anyNumber: return "number"
        case .boolean: return "boolean"
        case .choice(let words): return words.map { "\"\($0)\"" }.joined(separator: "|")
        case .list(let element):
            let name = name(of: element, owner: owner, field: field)
            return name.contains("|") ? "(\(name))[]" : "\(name)[]"
        case .handle(let kinds): return kinds.map(\.luaName).joined(separator: "|")
        case .record(let schema): return remember(schema, as: Self.nested(owner, field))
        case .states(let schema): return "table<string, \(remember(schema, as: Self.nested(owner, field)))>"
        case .parameters(let schema):
            return remember(schema, as: field == "config" ? "parlant.Setting" : "parlant.Parameter") + "[]"
        case .function(let signature): return Self.typed(signature, Self.context(owner: owner, field: field))
        case .jsonObject: return "table<string, any>"
        case .json: return "any"
        case .either(let types):
            var names: [String] = []
            for type in types {
                let name = name(of: type, owner: owner, field: field)
                // A function's results would swallow what follows.
                names.append(name.hasPrefix("fun(") ? "(\(name))" : name)
            }
            return names.joined(separator: "|")
        }
    }

    private mutating func remember(_ schema: RecordSchema, as name: String) -> String {
        if !records.contains(where: { $0.name == name }) { records.append((name, schema)) }
        return name
    }

    private static func nested(_ owner: String, _ field: String) -> String {
        let singular = field.hasSuffix("s") ? String(field.dropLast()) : field
        let base = owner.hasSuffix("Spec") ? String(owner.dropLast(4)) : owner
        return base + pascal(singular)
    }

    /// `on_selected` as `OnSelected`.
    static func pascal(_ name: String) -> String {
        name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    // MARK: Handlers

    /// The kind of handler that a function in this field is.
    static func context(owner: String, field: String) -> HandlerKind {
        switch (owner, field) {
        case ("parlant.RetrieverSpec", _): .retriever
        case ("parlant.PluginHook", _): .pluginHook
        case ("parlant.PluginNlp", _): .provider
        case ("parlant.PluginCustomerStore", _): .customerStore
        case ("parlant.PluginSpec", _): .plugin
        case (_, "adapter"): .validate
        default: HandlerKind(rawValue: field) ?? .tool
        }
    }

    /// The class of what handlers of a kind get first.
    static func contextName(_ kind: HandlerKind) -> String { "parlant.\(pascal(kind.rawValue))Context" }

    /// A signature of a table with the types of what handlers get.
    static func typed(_ signature: String, _ kind: HandlerKind) -> String {
        guard signature.hasPrefix("fun("), let end = signature.firstIndex(of: ")") else { return signature }
        let names = signature[..<end].dropFirst("fun(".count).split(separator: ", ")
        let typed = names.map { name in
            if name == "ctx" { return "ctx: \(contextName(kind))" }
            return parameterTypes[String(name)].map { "\(name): \($0)" } ?? String(name)
        }
        let results = signature[end...].hasPrefix("): list") ? "): any[]" : String(signature[end...])
        return "fun(\(typed.joined(separator: ", "))\(results)"
    }

    /// Types of parameters by their name in the tables.
    static let parameterTypes = [
        "args": "table<string, any>", "guideline": "parlant.Guideline", "match": "parlant.Match", "value": "any",
        "event": "parlant.HookEvent", "request": "parlant.GenerationRequest", "emit": "fun(piece: string)",
        "texts": "string[]", "text": "string", "id": "string", "query": "parlant.CustomerQuery",
        "draft": "parlant.CustomerDraft", "change": "parlant.CustomerChange",
    ]
}
