import ParlantCore

/// One conversation with a chat model about one request: the question, and what was wrong with earlier answers.
struct OpenAIChat {
    /// Characters of a bad answer that are shown to the model again.
    private static let shownAnswer = 4000

    private let request: GenerationRequest
    private let model: String
    /// Room for the answer.
    var maxTokens: Int
    private var repair: [(role: String, text: String)] = []

    init(_ request: GenerationRequest, model: String) {
        self.request = request
        self.model = model
        maxTokens = request.maxTokens
    }

    /// Adds what was wrong with the last answer. Only the last one is kept: earlier ones would only make the prompt
    /// longer.
    mutating func askAgain(because problem: String, after answer: String?) {
        repair = answer.map { [("assistant", String($0.prefix(Self.shownAnswer)))] } ?? []
        repair.append(
            ("user", "That was not usable: \(problem). Write one JSON object that fits the schema, and nothing else."))
    }

    /// The body of the request.
    func body(in dialect: OpenAIDialect) -> JSONValue {
        var system = request.system
        if dialect.format != .schema {
            // OpenAI wants the word JSON in the prompt of every json_object request.
            system +=
                "\n\nAnswer with one JSON object that fits this JSON schema, and nothing else:\n"
                + request.schema.description
        }
        let messages = [("system", system), ("user", request.prompt)] + repair
        var body: JSONObject = [
            "model": .string(model),
            "messages": .array(messages.map { ["role": .string($0.0), "content": .string($0.1)] }),
            dialect.tokenLimit: .integer(Int64(maxTokens)),
        ]
        if dialect.sendsTemperature { body["temperature"] = .number(request.temperature) }
        switch dialect.format {
        case .schema:
            body["response_format"] = [
                "type": "json_schema",
                "json_schema": ["name": .string(request.schemaName), "strict": true, "schema": request.schema],
            ]
        case .object: body["response_format"] = ["type": "json_object"]
        case .prompt: break
        }
        return .object(body)
    }

    /// The JSON in a model's text: the whole, or what stands between the first brace and the last, because models
    /// without schema like to wrap it in a code block or a sentence.
    static func json(in text: String) -> JSONValue? {
        if let value = try? JSONParser.parse(text) { return value }
        guard let first = text.firstIndex(of: "{"), let last = text.lastIndex(of: "}"), first < last else { return nil }
        return try? JSONParser.parse(String(text[first...last]))
    }
}

/// The part of a chat completion that counts.
struct OpenAICompletion {
    /// How the answer ended.
    enum Ending: Equatable {
        case text(String)
        /// Stopped at the token limit.
        case cut
        /// The model said no.
        case refused
        /// The service's filter said no.
        case filtered
        /// No choice, or one without text.
        case empty
    }

    let ending: Ending
    let usage: TokenUsage

    init(_ body: JSONValue) {
        usage = TokenUsage(
            input: Int(clamping: body["usage"]?["prompt_tokens"]?.integer ?? 0),
            output: Int(clamping: body["usage"]?["completion_tokens"]?.integer ?? 0))
        guard let choice = body["choices"]?.array?.first else {
            ending = .empty
            return
        }
        let text = choice["message"]?["content"]?.string ?? ""
        if let refusal = choice["message"]?["refusal"]?.string, !refusal.isEmpty {
            ending = .refused
        } else if choice["finish_reason"]?.string == "content_filter" {
            ending = .filtered
        } else if choice["finish_reason"]?.string == "length" {
            ending = .cut
        } else {
            ending = text.contains { !$0.isWhitespace } ? .text(text) : .empty
        }
    }
}
