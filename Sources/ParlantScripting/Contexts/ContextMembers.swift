import LuaRuntime
import ParlantCore

/// What is on `ctx`, and in which kinds of handlers: the table of `lua-authoring-surface.md` section 9.
enum ContextMembers {
    private static let everywhere = Set(HandlerKind.allCases)
    private static let conversing = everywhere.subtracting([.provider, .customerStore, .plugin])
    private static let acting: Set<HandlerKind> = [.tool, .onSelected, .onMessage, .hook, .pluginHook]
    private static let keeping = acting.union([.retriever, .deferredRetriever])

    /// Parts of `ctx` by their path, with the kinds of handlers that have them.
    static let parts: [String: Set<HandlerKind>] = {
        var parts: [String: Set<HandlerKind>] = [
            "ctx.config": everywhere, "ctx.log": everywhere, "ctx.time": everywhere,
            "ctx.http": everywhere.subtracting([.plugin]),
            "ctx.tool_calls": conversing.subtracting([.tool, .choices, .validate]),
            "ctx.matches": [.deferredRetriever],
            "ctx.state": [.pluginHook, .provider, .customerStore, .plugin],
        ]
        for name in ["agent", "customer", "session", "interaction", "variables", "kv", "memories"] {
            parts["ctx.\(name)"] = conversing
        }
        for name in ["session", "customer", "agent"] { parts["ctx.kv.\(name)"] = conversing }
        return parts
    }()

    /// Methods by their path, likewise.
    static let methods: [String: Set<HandlerKind>] = {
        var methods: [String: Set<HandlerKind>] = [
            "ctx.emit_message": acting, "ctx.emit_status": acting, "ctx.emit_custom": acting,
            "ctx.set_variable": acting, "ctx.all": keeping.union([.provider, .customerStore]),
            "ctx.session.set_metadata": acting, "ctx.session.add_label": acting, "ctx.session.set_mode": acting,
            "ctx.session.has_label": conversing, "ctx.customer.set_metadata": acting,
            "ctx.customer.has_tag": conversing, "ctx.customer.documents": conversing,
            "ctx.memories.search": conversing,
            "ctx.memories.remember": keeping, "ctx.memories.forget": keeping,
        ]
        for name in ["get", "post", "put", "patch", "delete", "stream"] {
            methods["ctx.http.\(name)"] = parts["ctx.http"]
        }
        for name in ["debug", "info", "warn", "error"] { methods["ctx.log.\(name)"] = everywhere }
        for name in ["now", "today", "local_hour", "iso", "sleep"] { methods["ctx.time.\(name)"] = everywhere }
        for scope in ["session", "customer", "agent"] {
            methods["ctx.kv.\(scope).get"] = conversing
            for name in ["set", "add", "increment", "delete"] { methods["ctx.kv.\(scope).\(name)"] = keeping }
        }
        return methods
    }()

    /// Fields by the path of the part that has them.
    private static let fields: [String: [String]] = [
        "ctx.agent": ["id", "name"],
        "ctx.customer": ["id", "name", "about", "metadata", "is_guest"],
        "ctx.session": ["id", "mode", "title", "metadata"],
        "ctx.interaction": ["messages", "last_customer_message"],
    ]

    /// All members by their path, for editor types.
    static var paths: Set<String> {
        let whole = fields.flatMap { path, names in names.map { "\(path).\($0)" } }
        return Set(whole).union(parts.keys).union(methods.keys)
    }

    /// The kinds of handlers that have a member: those of its part for a plain field.
    static func kinds(of path: String) -> Set<HandlerKind> {
        parts[path] ?? methods[path] ?? parts[String(path[..<(path.lastIndex(of: ".") ?? path.endIndex)])] ?? []
    }

    /// Why `path.key` has no value: nil when it is a field that just has none.
    static func refusal(of key: String, on path: String, in kind: HandlerKind, settings: Set<String>) -> String? {
        let whole = "\(path).\(key)"
        if let kinds = parts[whole] ?? methods[whole] {
            if kinds.contains(kind) { return nil }
            return "\(separated(path, key)): not available in \(article(kind)) (only in: \(list(kinds)))"
        }
        let names = path == "ctx.config" ? settings.sorted() : fields[path] ?? []
        if names.contains(key) { return nil }
        let prefix = path + "."
        let members = (Array(parts.keys) + Array(methods.keys)).filter { $0.hasPrefix(prefix) }
        let candidates = names + members.map { String($0.dropFirst(prefix.count)) }.filter { !$0.contains(".") }
        return "\(path): \(Wording.noSuchWord(key, among: Set(candidates).sorted()))"
    }

    /// Why a field cannot be written, with the method that does what was meant.
    static func readOnly(_ path: String, _ key: String) -> String {
        let hint =
            switch path {
            case "ctx.session.metadata": "use ctx.session:set_metadata(\"\(key)\", value)"
            case "ctx.customer.metadata": "use ctx.customer:set_metadata(\"\(key)\", value)"
            case "ctx.session" where key == "mode": "use ctx.session:set_mode(\"manual\")"
            case "ctx.session" where key == "metadata": "use ctx.session:set_metadata(name, value)"
            case "ctx.customer" where key == "metadata": "use ctx.customer:set_metadata(name, value)"
            case "ctx.variables": "use ctx:set_variable(\"\(key)\", value)"
            case "ctx.kv", "ctx.kv.session", "ctx.kv.customer", "ctx.kv.agent": "use ctx.kv.session:set(key, value)"
            case "ctx.memories": "use ctx.memories:remember(text)"
            case "event": "use event:replace(text)"
            case "ctx.state": "change a copy, then assign it whole, as in ctx.state.name = copy"
            case "ctx.config": "settings are the server's; keep what changes in ctx.kv"
            default: "contexts are not for keeping things; use a local variable, or ctx.kv"
            }
        return "\(path).\(key): read-only; \(hint)"
    }

    /// What each kind of handler has, for the prelude.
    static var table: LuaValue {
        let members = parts.merging(methods) { part, _ in part }
        return .object(
            HandlerKind.allCases.map { kind in
                let names = members.filter { $0.value.contains(kind) }.keys.sorted()
                return LuaField(kind.rawValue, .object(names.map { LuaField($0, .boolean(true)) }))
            })
    }

    /// Parts, and methods of `ctx` itself, are written with a dot, as the design has it; methods of parts with a colon.
    private static func separated(_ path: String, _ key: String) -> String {
        path == "ctx" || parts["\(path).\(key)"] != nil ? "\(path).\(key)" : "\(path):\(key)"
    }

    /// The kinds in the order of the table, as messages name them.
    static func list(_ kinds: Set<HandlerKind>) -> String {
        HandlerKind.allCases.filter { kinds.contains($0) && !(general[$0].map(kinds.contains) ?? false) }
            .map(name).joined(separator: ", ")
    }

    /// Kinds that go without saying beside a more general one.
    private static let general: [HandlerKind: HandlerKind] = [.pluginHook: .hook, .deferredRetriever: .retriever]

    private static func name(_ kind: HandlerKind) -> String {
        switch kind {
        case .pluginHook: "hook of a plugin"
        case .deferredRetriever: "function that a retriever returned"
        case .provider: "NLP provider"
        case .customerStore: "customer store"
        case .plugin: "load, unload and save of a plugin"
        default: kind.rawValue
        }
    }

    private static func article(_ kind: HandlerKind) -> String {
        switch kind {
        case .tool: "a tool"
        case .retriever: "a retriever"
        case .deferredRetriever: "a function that a retriever returned"
        case .matcher: "a matcher"
        case .onSelected: "on_selected"
        case .onMessage: "on_message"
        case .hook: "a hook"
        case .pluginHook: "a hook of a plugin"
        case .choices: "a choices function"
        case .validate: "a validate or adapter function"
        case .cannedResponseFields: "a canned_response_fields function"
        case .provider: "an NLP provider"
        case .customerStore: "a customer store"
        case .plugin: "load, unload or save of a plugin"
        }
    }
}
