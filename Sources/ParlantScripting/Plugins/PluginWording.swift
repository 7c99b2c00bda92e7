import LuaRuntime

/// What is said about plugins that are asked for and about what their functions return.
enum PluginWording {
    static let noReason = "it gave no reason; return nil and a sentence, or nil and an error of ctx.http"

    static func gone(_ plugin: String) -> String {
        "the plugin '\(plugin)' is not loaded any more; put it back, or choose another with the next start"
    }
    static func broke(_ subject: String) -> String { "\(subject) broke; the log says how" }
    static func noPlugin(_ name: String, _ names: [String]) -> String {
        let there = names.isEmpty ? "; there is no plugin at all" : "; there are \(names.joined(separator: ", "))"
        let hint = Wording.didYouMean(name, among: names)
        return "there is no plugin '\(name)'\(hint.isEmpty ? there : hint)"
    }
    static func noLanguageModel(_ name: String) -> String {
        "the plugin '\(name)' has no language model; give it an 'nlp', or choose another plugin"
    }
    static func noCustomerStore(_ name: String) -> String {
        "the plugin '\(name)' has no customer store; give it a 'customer_store', or choose another plugin"
    }

    // MARK: Language models

    static func generation(_ value: LuaValue) -> String {
        "generate returns a table with 'text' and 'usage', or nil and an error; this one returned \(found(value))"
    }
    static func text(_ value: LuaValue) -> String { "generate: text: expected a string, got \(found(value))" }
    static func stream(_ value: LuaValue) -> String {
        "stream returns a table at the end, or nil and an error; this one returned \(found(value))"
    }
    static func vectors(_ value: LuaValue, _ texts: Int) -> String {
        "embed returns a list of \(texts) vectors, one per text, or nil and an error; this one returned \(found(value))"
    }
    static func vector(_ index: Int, _ dimensions: Int, _ value: LuaValue) -> String {
        let found = value.items.map { "a list of \($0.count)" } ?? found(value)
        return "embed: vector \(index): expected a list of \(dimensions) numbers, got \(found)"
    }
    static func moderation(_ value: LuaValue) -> String {
        "moderate returns a table with 'flagged' and 'categories', or nil and an error; this one returned "
            + found(value)
    }
    static func tokens(_ value: LuaValue) -> String {
        "count_tokens returns an integer of at least 0; this one returned \(found(value))"
    }

    // MARK: Customer stores

    static func customer(_ function: String, _ value: LuaValue) -> String {
        "\(function) returns a customer, as { id, name, about, metadata, tags, created_at, updated_at }; this one returned \(found(value))"
    }
    static func member(_ function: String, _ path: String, _ expected: String, _ value: LuaValue?) -> String {
        "\(function): \(path): \(Wording.expected(expected, got: found(value ?? .nil)))"
    }
    static func otherCustomer(_ function: String, _ id: String, _ other: String) -> String {
        "\(function): id: expected \(Wording.quote(id)), which was asked for, got \(Wording.quote(other))"
    }
    static func page(_ value: LuaValue) -> String {
        "list returns { items = { … }, total = N }, or nil and an error; this one returned \(found(value))"
    }
    static func tooMany(_ count: Int, limit: Int) -> String {
        "list: items: at most \(limit) were asked for, and \(count) came"
    }

    // MARK: The life of a plugin

    static let saveResult = "save returns a table with named fields, or nothing; the next generation begins without"
    static func stateTooLarge(_ limit: Int) -> String {
        "save: the state would have more than \(limit) bytes of JSON; the next generation begins without"
    }

    private static func found(_ value: LuaValue) -> String { HandlerWording.found(value) }
}
