import ParlantCore

/// Anthropic's messages, and what an endpoint is known not to understand of them.
///
/// The schema is that of a tool which the model must call; its arguments are the answer. The system's part is marked
/// as worth keeping, so that the questions of a turn, which share it, pay for it once.
struct AnthropicDialect: ChatDialect, Equatable {
    /// Whether the model is made to call the tool. Servers that only look like Anthropic's may not keep to it.
    var forcesTool = true
    /// Newer models refuse a temperature beside other settings of theirs.
    var sendsTemperature = true
    /// Whether the system's part is marked for the provider's cache.
    var marksCache = true

    let path = "/v1/messages"
    var sendsSchema: Bool { forcesTool }

    func body(of chat: Chat, model: String, streams: Bool) -> JSONValue {
        var system: JSONObject = ["type": "text", "text": .string(chat.system(withSchema: !forcesTool))]
        if marksCache { system["cache_control"] = ["type": "ephemeral"] }
        var body: JSONObject = [
            "model": .string(model), "max_tokens": .integer(Int64(chat.maxTokens)), "system": [.object(system)],
            "messages": .array(
                chat.messages.map { ["role": .string($0.role.rawValue), "content": .string($0.text)] }),
        ]
        // Its scale ends at 1.
        if sendsTemperature { body["temperature"] = .number(min(chat.request.temperature, 1)) }
        if streams { body["stream"] = true }
        if forcesTool, !chat.wantsText {
            let name = JSONValue.string(chat.request.schemaName)
            body["tools"] = [
                ["name": name, "description": "Takes the answer.", "input_schema": chat.request.schema]
            ]
            body["tool_choice"] = ["type": "tool", "name": name, "disable_parallel_tool_use": true]
        }
        return .object(body)
    }

    func completion(in reply: JSONValue) -> Completion {
        let (input, output) = Self.usage(reply["usage"])
        var completion = Completion(ending: .empty, usage: TokenUsage(input: input ?? 0, output: output ?? 0))
        let blocks = reply["content"]?.array ?? []
        switch reply["stop_reason"]?.string {
        case "refusal": completion.ending = .refused
        case "max_tokens", "model_context_window_exceeded": completion.ending = .cut
        default:
            if let arguments = blocks.first(where: { $0["type"]?.string == "tool_use" })?["input"] {
                completion.ending = .text(arguments.description)
            } else {
                completion.ending = Completion.ending(blocks.compactMap { $0["text"]?.string }.joined())
                if forcesTool { completion.ignored = "tool_choice" }
            }
        }
        return completion
    }

    func step(in line: String) -> [StreamStep] {
        guard let data = line.eventData else { return [] }
        guard let event = try? JSONParser.parse(String(data)) else { return [.failed(nil)] }
        switch event["type"]?.string {
        case "message_start":
            let (input, output) = Self.usage(event["message"]?["usage"])
            return [.usage(input: input, output: output)]
        case "content_block_delta": return event["delta"]?["text"]?.string.map { [.piece($0)] } ?? []
        case "message_delta":
            let (input, output) = Self.usage(event["usage"])
            let refused: [StreamStep] = event["delta"]?["stop_reason"]?.string == "refusal" ? [.refused] : []
            return [.usage(input: input, output: output)] + refused
        case "message_stop": return [.ended]
        case "error": return [.failed(EndpointErrorDetails.identifier(event["error"]?["type"], hiding: nil))]
        // `ping`, begins and ends of blocks, and what may come in later versions.
        default: return []
        }
    }

    func plainer(after refusal: String) -> (any ChatDialect)? {
        var next = self
        if refusal.contains("tool"), forcesTool {
            next.forcesTool = false
        } else if refusal.contains("temperature"), sendsTemperature {
            next.sendsTemperature = false
        } else if refusal.contains("cache_control"), marksCache {
            next.marksCache = false
        } else {
            return nil
        }
        return next
    }

    /// Tokens of the prompt, those that came from the cache or went to it included, and of the answer.
    private static func usage(_ value: JSONValue?) -> (input: Int?, output: Int?) {
        var sum = TokenUsage()
        let parts = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"].compactMap {
            value?[$0]?.tokens
        }
        for part in parts { sum += TokenUsage(input: part) }
        return (value?["input_tokens"]?.tokens == nil ? nil : sum.input, value?["output_tokens"]?.tokens)
    }
}
