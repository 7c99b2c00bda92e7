/// A model that completes a prompt with text: what somebody writes who brings a model of their own. Everything around it
/// (schemas, repairs, retries) is done once for all of them, by `TextModelService`.
///
/// One call is one attempt. It ends within a time limit of the model's own, and as soon as its task is cancelled.
public protocol TextModel: Sendable {
    /// What people call it in logs and errors, without secrets.
    var name: String { get }
    /// Tokens of prompt and answer together.
    var maxTokens: Int { get }
    /// Length of one vector of ``embed(_:)``.
    var dimensions: Int { get }
    /// Whether ``stream(_:_:)`` hands over pieces as they come.
    var canStream: Bool { get }
    /// Whether ``moderate(_:)`` has an answer.
    var canModerate: Bool { get }

    /// Completes a prompt.
    ///
    /// - Throws: ``TextModelError``.
    func generate(_ request: TextRequest) async throws -> TextCompletion
    /// Completes a prompt, and hands over each piece of the text; a slow receiver slows the model down.
    ///
    /// - Throws: ``TextModelError``, or what `receive` throws; pieces may have been handed over by then.
    func stream(
        _ request: TextRequest, _ receive: @escaping @Sendable (String) async throws -> Void
    ) async throws -> TokenUsage
    /// One vector per text, in order.
    ///
    /// - Throws: ``TextModelError``.
    func embed(_ texts: [String]) async throws -> [[Float]]
    /// Says whether a text is acceptable.
    ///
    /// - Throws: ``TextModelError``.
    func moderate(_ text: String) async throws -> Moderation
    /// Tokens of a text, as the model counts them or as well as can be guessed.
    ///
    /// - Throws: ``TextModelError``.
    func countTokens(_ text: String) async throws -> Int
}

/// One question to a ``TextModel``.
public struct TextRequest: Sendable, Equatable {
    /// Everything that the model reads.
    public var prompt: String
    /// JSON schema that the text must fit; nil: any text.
    public var schema: JSONValue?
    /// 0 to 2.
    public var temperature: Double
    /// Most tokens of the answer.
    public var maxTokens: Int
    /// How much the question asks of a model.
    public var size: ModelSize

    public init(
        prompt: String, schema: JSONValue? = nil, temperature: Double = 0, maxTokens: Int = 1024,
        size: ModelSize = .large
    ) {
        self.prompt = prompt
        self.schema = schema
        self.temperature = temperature
        self.maxTokens = maxTokens
        self.size = size
    }
}

/// What a ``TextModel`` answered.
public struct TextCompletion: Sendable, Equatable {
    public var text: String
    public var usage: TokenUsage

    public init(text: String, usage: TokenUsage = .init()) {
        self.text = text
        self.usage = usage
    }
}

/// One attempt of a ``TextModel`` failed.
public struct TextModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence; for the log, without secrets.
    public var message: String
    /// Whether another attempt may turn out differently. False for a model that broke its contract.
    public var isRetryable: Bool
    /// When the model asks to be tried again; nil: it does not say.
    public var retryAfter: Duration?

    public init(_ message: String, isRetryable: Bool = true, retryAfter: Duration? = nil) {
        self.message = message
        self.isRetryable = isRetryable
        self.retryAfter = retryAfter
    }

    public var description: String { message }
}
