/// One question to a model.
public struct GenerationRequest: Sendable {
    /// What the model is and must do; the same for many requests, so that providers can cache it.
    public var system: String
    /// What this request is about.
    public var prompt: String
    /// Name of the schema, or of the kind of request where it asks for free text: letters, digits, underscores.
    public var schemaName: String
    /// JSON schema of the answer. ``TextStreamer`` takes no notice of it.
    public var schema: JSONValue
    /// 0 to 2.
    public var temperature: Double
    /// Most tokens of the answer.
    public var maxTokens: Int
    /// Which of the provider's models is asked.
    public var size: ModelSize
    /// Longest time for the answer, all attempts and pauses included; nil: the provider's own limit. A limit that is
    /// longer than the provider's own has no effect.
    public var timeLimit: Duration?

    public init(
        system: String, prompt: String, schemaName: String, schema: JSONValue, temperature: Double = 0,
        maxTokens: Int = 1024, size: ModelSize = .large, timeLimit: Duration? = nil
    ) {
        self.system = system
        self.prompt = prompt
        self.schemaName = schemaName
        self.schema = schema
        self.temperature = temperature
        self.maxTokens = maxTokens
        self.size = size
        self.timeLimit = timeLimit
    }

    /// A question that is answered with free text, for a ``TextStreamer``.
    ///
    /// - Parameter name: What kind of request it is: letters, digits, underscores.
    public static func text(
        _ name: String, system: String, prompt: String, temperature: Double = 0, maxTokens: Int = 1024,
        size: ModelSize = .large, timeLimit: Duration? = nil
    ) -> GenerationRequest {
        GenerationRequest(
            system: system, prompt: prompt, schemaName: name, schema: ["type": "string"], temperature: temperature,
            maxTokens: maxTokens, size: size, timeLimit: timeLimit)
    }
}

/// Tokens that a request was charged for; 0 where the provider does not say.
public struct TokenUsage: Sendable, Equatable {
    public var input: Int
    public var output: Int

    public init(input: Int = 0, output: Int = 0) {
        self.input = input
        self.output = output
    }

    /// Adds what another attempt was charged for.
    public static func += (sum: inout TokenUsage, more: TokenUsage) {
        // What providers count is not trusted to be small.
        func added(_ left: Int, _ right: Int) -> Int {
            let (sum, isTooLarge) = left.addingReportingOverflow(right)
            return isTooLarge ? .max : sum
        }
        sum.input = added(sum.input, more.input)
        sum.output = added(sum.output, more.output)
    }
}

/// A model's answer.
public struct Generation: Sendable {
    /// Fits the schema of the request: an object with its required members. The whole text, as a string, when it was
    /// streamed.
    public var content: JSONValue
    /// Of all attempts, those that failed included as far as the provider counted them.
    public var usage: TokenUsage
    /// Name of the model that was asked, as the provider calls it; empty when it has none.
    public var model: String
    /// Requests that it took: 1, and more with retries and repairs.
    public var attempts: Int

    public init(content: JSONValue, usage: TokenUsage = .init(), model: String = "", attempts: Int = 1) {
        self.content = content
        self.usage = usage
        self.model = model
        self.attempts = attempts
    }
}
