import ParlantCore

/// Ollama's own chat, and what a server is known not to understand of it.
///
/// How much a model can read is the server's to say (`OLLAMA_CONTEXT_LENGTH`): a size in each request would load the
/// model anew.
struct OllamaDialect: ChatDialect, Equatable {
    /// How the schema is passed on: versions before 0.5 know no schema.
    enum Format: Int, Sendable { case schema, object, prompt }

    var format = Format.schema

    let path = "/api/chat"
    var sendsSchema: Bool { format == .schema }

    func body(of chat: Chat, model: String, streams: Bool) -> JSONValue {
        let messages =
            [("system", chat.system(withSchema: format != .schema))] + chat.messages.map { ($0.role.rawValue, $0.text) }
        var body: JSONObject = [
            "model": .string(model),
            "messages": .array(messages.map { ["role": .string($0.0), "content": .string($0.1)] }),
            "stream": .boolean(streams),
            // Else the server drops what it has no room for, without a word.
            "truncate": false,
            "options": [
                "temperature": .number(chat.request.temperature), "num_predict": .integer(Int64(chat.maxTokens)),
            ],
        ]
        if chat.wantsText { return .object(body) }
        switch format {
        case .schema: body["format"] = chat.request.schema
        case .object: body["format"] = "json"
        case .prompt: break
        }
        return .object(body)
    }

    func completion(in reply: JSONValue) -> Completion {
        let usage = TokenUsage(
            input: reply["prompt_eval_count"]?.tokens ?? 0, output: reply["eval_count"]?.tokens ?? 0)
        if reply["done_reason"]?.string == "length" { return Completion(ending: .cut, usage: usage) }
        return Completion(ending: Completion.ending(reply["message"]?["content"]?.string ?? ""), usage: usage)
    }

    func step(in line: String) -> [StreamStep] {
        guard !line.isEmpty else { return [] }
        guard let part = try? JSONParser.parse(line), part["error"] == nil else { return [.failed(nil)] }
        var steps: [StreamStep] = part["message"]?["content"]?.string.map { [.piece($0)] } ?? []
        if part["done"]?.boolean == true {
            steps.append(.usage(input: part["prompt_eval_count"]?.tokens, output: part["eval_count"]?.tokens))
            steps.append(.ended)
        }
        return steps
    }

    func plainer(after refusal: String) -> (any ChatDialect)? {
        guard refusal.contains("format"), let format = Format(rawValue: format.rawValue + 1) else { return nil }
        var next = self
        next.format = format
        return next
    }
}
