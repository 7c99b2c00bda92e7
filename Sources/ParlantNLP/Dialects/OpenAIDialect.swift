import ParlantCore

/// OpenAI's chat completions, and what an endpoint is known not to understand of them. Starts from the best and only
/// ever gets plainer.
struct OpenAIDialect: ChatDialect, Equatable {
    /// How the schema is passed on.
    enum Format: Int, Sendable { case schema, object, prompt }

    var format = Format.schema
    /// Name of the member that limits the answer: OpenAI's newer models refuse `max_tokens`, older servers know
    /// nothing else.
    var tokenLimit: String
    /// Reasoning models refuse any temperature but their own.
    var sendsTemperature = true
    /// Streams count their tokens only when asked to; some servers do not know the question.
    var asksForUsage = true

    let path = "/chat/completions"
    var sendsSchema: Bool { format == .schema }

    init(tokenLimit: String) { self.tokenLimit = tokenLimit }

    func body(of chat: Chat, model: String, streams: Bool) -> JSONValue {
        let messages =
            [("system", chat.system(withSchema: format != .schema))] + chat.messages.map { ($0.role.rawValue, $0.text) }
        var body: JSONObject = [
            "model": .string(model),
            "messages": .array(messages.map { ["role": .string($0.0), "content": .string($0.1)] }),
            tokenLimit: .integer(Int64(chat.maxTokens)),
        ]
        if sendsTemperature { body["temperature"] = .number(chat.request.temperature) }
        if streams {
            body["stream"] = true
            if asksForUsage { body["stream_options"] = ["include_usage": true] }
        }
        if chat.wantsText { return .object(body) }
        switch format {
        case .schema:
            body["response_format"] = [
                "type": "json_schema",
                "json_schema": [
                    "name": .string(chat.request.schemaName), "strict": true, "schema": chat.request.schema,
                ],
            ]
        case .object: body["response_format"] = ["type": "json_object"]
        case .prompt: break
        }
        return .object(body)
    }

    func completion(in reply: JSONValue) -> Completion {
        let usage = TokenUsage(
            input: reply["usage"]?["prompt_tokens"]?.tokens ?? 0,
            output: reply["usage"]?["completion_tokens"]?.tokens ?? 0)
        guard let choice = reply["choices"]?.array?.first else { return Completion(ending: .empty, usage: usage) }
        let text = choice["message"]?["content"]?.string ?? ""
        if let refusal = choice["message"]?["refusal"]?.string, !refusal.isEmpty {
            return Completion(ending: .refused, usage: usage)
        }
        return switch choice["finish_reason"]?.string {
        case "content_filter": Completion(ending: .filtered, usage: usage)
        case "length": Completion(ending: .cut, usage: usage)
        default: Completion(ending: Completion.ending(text), usage: usage)
        }
    }

    func step(in line: String) -> [StreamStep] {
        guard let data = line.eventData else { return [] }
        if data == "[DONE]" { return [.ended] }
        guard let event = try? JSONParser.parse(String(data)) else { return [.failed(nil)] }
        if let error = event["error"], !error.isNull {
            let code = EndpointErrorDetails.identifier(error["code"], hiding: nil)
            return [.failed(code ?? EndpointErrorDetails.identifier(error["type"], hiding: nil))]
        }
        var steps: [StreamStep] = []
        if let choice = event["choices"]?.array?.first {
            if let refusal = choice["delta"]?["refusal"]?.string, !refusal.isEmpty { steps.append(.refused) }
            if let piece = choice["delta"]?["content"]?.string { steps.append(.piece(piece)) }
            switch choice["finish_reason"]?.string {
            case nil: break
            case "content_filter": steps.append(.refused)
            default: steps.append(.ended)
            }
        }
        if let usage = event["usage"], !usage.isNull {
            steps.append(.usage(input: usage["prompt_tokens"]?.tokens, output: usage["completion_tokens"]?.tokens))
        }
        return steps
    }

    func plainer(after refusal: String) -> (any ChatDialect)? {
        var next = self
        if refusal.contains("response_format") || refusal.contains("json_schema") || refusal.contains("json_object") {
            guard let format = Format(rawValue: format.rawValue + 1) else { return nil }
            next.format = format
        } else if refusal.contains("max_completion_tokens") || refusal.contains("max_tokens") {
            // A refusal of one often recommends the other, so the name alone does not say which was refused.
            next.tokenLimit = tokenLimit == "max_tokens" ? "max_completion_tokens" : "max_tokens"
        } else if refusal.contains("temperature"), sendsTemperature {
            next.sendsTemperature = false
        } else if refusal.contains("stream_options") || refusal.contains("include_usage"), asksForUsage {
            next.asksForUsage = false
        } else {
            return nil
        }
        return next
    }
}
