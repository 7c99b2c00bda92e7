import ParlantCore

/// One conversation with a model about one request: the question, and what was wrong with earlier answers.
struct Chat: Sendable {
    /// One turn of the conversation.
    struct Message: Sendable, Equatable {
        enum Role: String, Sendable { case user, assistant }
        var role: Role
        var text: String
    }

    /// Characters of a bad answer that are shown to the model again.
    private static let shownAnswer = 4000

    let request: GenerationRequest
    /// Whether the answer is free text; the request's schema counts for nothing then.
    let wantsText: Bool
    /// Room for the answer.
    var maxTokens: Int
    private var repair: [Message] = []

    init(_ request: GenerationRequest, wantsText: Bool = false) {
        self.request = request
        self.wantsText = wantsText
        maxTokens = request.maxTokens
    }

    /// Adds what was wrong with the last answer. Only the last one is kept: earlier ones would only make the prompt
    /// longer.
    ///
    /// - Parameter showsSchema: Whether the model may not have seen the schema.
    mutating func askAgain(because problem: String, after answer: String?, showsSchema: Bool = false) {
        repair = answer.map { [Message(role: .assistant, text: String($0.prefix(Self.shownAnswer)))] } ?? []
        repair.append(
            Message(
                role: .user,
                text:
                    "That was not usable: \(problem). Write one JSON object that fits the schema, and nothing else"
                    + (showsSchema ? ":\n\(request.schema)" : ".")))
    }

    /// What the model is.
    ///
    /// - Parameter withSchema: Whether the schema stands in it, because the endpoint does not get it otherwise.
    func system(withSchema: Bool) -> String {
        guard withSchema, !wantsText else { return request.system }
        // OpenAI wants the word JSON in the prompt of every json_object request.
        return request.system + "\n\nAnswer with one JSON object that fits this JSON schema, and nothing else:\n"
            + request.schema.description
    }

    /// The conversation after the system's part; it begins with the customer's side and changes sides each time.
    var messages: [Message] {
        let question = Message(role: .user, text: request.prompt)
        guard repair.first?.role == .user else { return [question] + repair }
        // An answer that was cut off is not shown: what was wrong with it follows the question.
        return [Message(role: .user, text: question.text + "\n\n" + repair[0].text)]
    }

    /// The JSON in a model's text: the whole, or what stands between the first brace and the last, because models
    /// without schema like to wrap it in a code block or a sentence.
    static func json(in text: String) -> JSONValue? {
        if let value = try? JSONParser.parse(text) { return value }
        guard let first = text.firstIndex(of: "{"), let last = text.lastIndex(of: "}"), first < last else { return nil }
        return try? JSONParser.parse(String(text[first...last]))
    }
}
