import LuaRuntime
import ParlantCore

/// What is on `ctx`, and in which kinds of handlers: the table of `lua-authoring-surface.md` section 9, as far as this
/// version has it.
enum ContextMembers {
    private static let acting: Set<HandlerKind> = [.tool, .onSelected, .onMessage]
    private static let all = Set(HandlerKind.allCases)

    /// Methods by their path, with the kinds of handlers that have them.
    static let methods: [String: Set<HandlerKind>] = {
        var methods: [String: Set<HandlerKind>] = [
            "ctx.emit_message": acting, "ctx.emit_status": acting,
            "ctx.session.set_metadata": acting, "ctx.session.add_label": acting, "ctx.session.set_mode": acting,
            "ctx.session.has_label": all, "ctx.customer.set_metadata": acting, "ctx.customer.has_tag": all,
        ]
        for name in ["get", "post", "put", "patch", "delete"] { methods["ctx.http.\(name)"] = all }
        for name in ["debug", "info", "warn", "error"] { methods["ctx.log.\(name)"] = all }
        for name in ["now", "today", "local_hour", "iso", "sleep"] { methods["ctx.time.\(name)"] = all }
        return methods
    }()

    /// Fields by the path of what has them.
    static let fields: [String: [String]] = [
        "ctx": ["agent", "customer", "session", "interaction", "config", "log", "time", "http"],
        "ctx.agent": ["id", "name"],
        "ctx.customer": ["id", "name", "metadata", "is_guest"],
        "ctx.session": ["id", "mode", "title", "metadata"],
        "ctx.interaction": ["messages", "last_customer_message"],
    ]

    /// What the language surface has and this version has not.
    static let later: Set<String> = [
        "ctx.variables", "ctx.tool_calls", "ctx.emit_custom", "ctx.kv", "ctx.state", "ctx.all", "ctx.set_variable",
        "ctx.http.stream",
    ]

    /// How messages list the kinds of handlers that may act; `hook` comes later and is named already.
    private static let actingText = "tool, on_selected, on_message, hook"

    /// Why `path.key` has no value: nil when it is a field that just has none.
    static func refusal(of key: String, on path: String, in kind: HandlerKind, settings: Set<String>) -> String? {
        let whole = "\(path).\(key)"
        let names = path == "ctx.config" ? settings.sorted() : fields[path] ?? []
        if names.contains(key) { return nil }
        if later.contains(whole) { return "\(whole): not available in this version" }
        if methods[whole] != nil {
            return "\(separated(path, key)): not available in \(article(kind)) (only in: \(actingText))"
        }
        let prefix = path + "."
        let candidates = names + methods.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        let direct = candidates.filter { !$0.contains(".") }
        return "\(path): \(Wording.noSuchWord(key, among: direct.sorted()))"
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
            case "ctx.config": "settings are the server's; keep what changes in metadata"
            default: "contexts are not for keeping things; use a local variable, or metadata"
            }
        return "\(path).\(key): read-only; \(hint)"
    }

    /// The methods of each kind of handler, for the prelude.
    static var table: LuaValue {
        .object(
            HandlerKind.allCases.map { kind in
                let names = methods.filter { $0.value.contains(kind) }.keys.sorted()
                return LuaField(kind.rawValue, .object(names.map { LuaField($0, .boolean(true)) }))
            })
    }

    /// `ctx.emit_message` is written with a dot, as the design has it; methods of its parts with a colon.
    private static func separated(_ path: String, _ key: String) -> String {
        path == "ctx" ? "\(path).\(key)" : "\(path):\(key)"
    }

    private static func article(_ kind: HandlerKind) -> String {
        switch kind {
        case .tool: "a tool"
        case .matcher: "a matcher"
        case .choices: "a choices function"
        case .validate: "a validate or adapter function"
        case .onSelected: "on_selected"
        case .onMessage: "on_message"
        case .cannedResponseFields: "a canned_response_fields function"
        }
    }
}
