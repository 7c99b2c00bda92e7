import LuaRuntime
import ParlantCore

/// The `nlp` of a plugin, as `lua-authoring-surface.md` section 11 has it: always that of the generation which is
/// served now.
struct PluginTextModel: TextModel {
    let plugin: String
    /// The plugin's functions now; nil when a reload took it away.
    let functions: @Sendable () -> PluginFunctions?

    var name: String { "plugin \(plugin)" }
    var maxTokens: Int { model?.maxTokens ?? 1 }
    var dimensions: Int { model?.dimensions ?? 1 }
    var canStream: Bool { functions()?.has("nlp stream") ?? false }
    var canModerate: Bool { functions()?.has("nlp moderate") ?? false }

    private var model: BundleContents.PluginContents.LanguageModel? { functions()?.contents?.languageModel }

    func generate(_ request: TextRequest) async throws -> TextCompletion {
        try await call("nlp generate", [request.lua]) { value in
            guard let members = value.members else { throw PluginResultProblem(PluginWording.generation(value)) }
            guard let text = members["text"]?.text else {
                throw PluginResultProblem(PluginWording.text(members["text"] ?? .nil))
            }
            return TextCompletion(text: text, usage: TokenUsage(members["usage"]))
        }
    }

    /// A plugin without `stream` hands over the whole text of `generate` as one piece.
    func stream(
        _ request: TextRequest, _ receive: @escaping @Sendable (String) async throws -> Void
    ) async throws -> TokenUsage {
        guard canStream else {
            let completion = try await generate(request)
            try await receive(completion.text)
            return completion.usage
        }
        return try await call("nlp stream", [request.lua], receive: receive) { value in
            guard let members = value.members else { throw PluginResultProblem(PluginWording.stream(value)) }
            return TokenUsage(members["usage"])
        }
    }

    func embed(_ texts: [String]) async throws -> [[Float]] {
        let dimensions = dimensions
        return try await call("nlp embed", [.array(texts.map(LuaValue.string))]) { value in
            guard let items = value.items, items.count == texts.count else {
                throw PluginResultProblem(PluginWording.vectors(value, texts.count))
            }
            var vectors: [[Float]] = []
            for (index, item) in items.enumerated() {
                let vector = (item.items ?? []).compactMap(\.double).map(Float.init)
                guard vector.count == dimensions, item.items?.count == dimensions else {
                    throw PluginResultProblem(PluginWording.vector(index + 1, dimensions, item))
                }
                vectors.append(vector)
            }
            return vectors
        }
    }

    func moderate(_ text: String) async throws -> Moderation {
        try await call("nlp moderate", [.string(text)]) { value in
            guard let members = value.members, let flagged = members["flagged"]?.flag else {
                throw PluginResultProblem(PluginWording.moderation(value))
            }
            let categories = members["categories"]?.items?.compactMap(\.text) ?? []
            return Moderation(isFlagged: flagged, categories: Array(OrderedSet(categories)))
        }
    }

    /// Without `count_tokens`, a token is taken for four bytes.
    func countTokens(_ text: String) async throws -> Int {
        guard functions()?.has("nlp count_tokens") == true else { return (text.utf8.count + 3) / 4 }
        return try await call("nlp count_tokens", [.string(text)]) { value in
            guard let count = value.int, count >= 0, let tokens = Int(exactly: count) else {
                throw PluginResultProblem(PluginWording.tokens(value))
            }
            return tokens
        }
    }

    /// Calls a function and reads what it returned; a sentence that `read` throws is what is wrong with it.
    private func call<Value>(
        _ field: String, _ arguments: [LuaValue], receive: (@Sendable (String) async throws -> Void)? = nil,
        _ read: (LuaValue) throws -> Value
    ) async throws -> Value {
        guard let functions = functions() else { throw TextModelError(PluginWording.gone(plugin), isRetryable: false) }
        do {
            let value = try await functions.call(field, .provider, arguments, receive: receive)
            do {
                return try read(value)
            } catch let problem as PluginResultProblem {
                throw functions.defect(field, problem.message)
            }
        } catch let error as PluginRefusal {
            throw TextModelError(error.message, retryAfter: error.retryAfter)
        } catch is PluginDefect {
            // What broke and where is in the log; what is thrown can reach a customer.
            throw TextModelError(PluginWording.broke(functions.subject(field)), isRetryable: false)
        }
    }
}

extension TextRequest {
    /// The request as `generate` and `stream` get it.
    fileprivate var lua: LuaValue {
        var fields = [
            LuaField("prompt", .string(prompt)), LuaField("temperature", .number(temperature)),
            LuaField("max_tokens", .integer(Int64(maxTokens))), LuaField("size", .string(size.rawValue)),
        ]
        if let schema { fields.append(LuaField("schema", schema.lua)) }
        return .object(fields)
    }
}

extension TokenUsage {
    /// Reads `{ input_tokens, output_tokens }`; what is not said is 0.
    fileprivate init(_ value: LuaValue?) {
        let members = value?.members ?? [:]
        func count(_ name: String) -> Int { Int(clamping: max(0, members[name]?.int ?? 0)) }
        self.init(input: count("input_tokens"), output: count("output_tokens"))
    }
}

extension LuaValue {
    /// The fields of a table by name.
    var members: [String: LuaValue]? {
        fields.map { Dictionary($0.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last }) }
    }
}
