/// A language model's provider, as the engine sees it.
public protocol NLPService: Sendable {
    /// One line for people: provider and model, without secrets.
    var summary: String { get }
    /// Writes text; nil when the provider has no model, and the engine decides by words and canned responses alone.
    var generator: (any SchematicGenerator)? { get }
    /// Turns text into vectors; nil when none is configured.
    var embedder: (any Embedder)? { get }
    /// Judges what customers write; nil when the provider does not, which is the default.
    var moderation: (any ModerationService)? { get }
}

extension NLPService {
    public var moderation: (any ModerationService)? { nil }
}

/// One question to a model.
public struct GenerationRequest: Sendable {
    /// What the model is and must do; the same for many requests, so that providers can cache it.
    public var system: String
    /// What this request is about.
    public var prompt: String
    /// Name of the schema: letters, digits, underscores.
    public var schemaName: String
    /// JSON schema of the answer.
    public var schema: JSONValue
    /// 0 to 2.
    public var temperature: Double
    /// Most tokens of the answer.
    public var maxTokens: Int

    public init(
        system: String, prompt: String, schemaName: String, schema: JSONValue, temperature: Double = 0,
        maxTokens: Int = 1024
    ) {
        self.system = system
        self.prompt = prompt
        self.schemaName = schemaName
        self.schema = schema
        self.temperature = temperature
        self.maxTokens = maxTokens
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
}

/// A model's answer.
public struct Generation: Sendable {
    /// Fits the schema of the request: an object with its required members.
    public var content: JSONValue
    public var usage: TokenUsage

    public init(content: JSONValue, usage: TokenUsage = .init()) {
        self.content = content
        self.usage = usage
    }
}

/// Asks a model for JSON that fits a schema.
public protocol SchematicGenerator: Sendable {
    /// Asks, with the provider's own retries.
    ///
    /// - Throws: ``NLPError``; `CancellationError` as soon as the task is cancelled, and the request is given up.
    func generate(_ request: GenerationRequest) async throws -> Generation
}

/// Turns texts into vectors.
public protocol Embedder: Sendable {
    /// One vector per text, in order, all of the same length.
    ///
    /// - Throws: ``NLPError``, `CancellationError`.
    func embed(_ texts: [String]) async throws -> [[Float]]
}

/// A provider could not answer.
public struct NLPError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is. New codes may appear in a minor version: always have a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case unauthorized, rejected, rateLimited, unavailable, timedOut, malformed }
        private let kind: Kind

        /// The key is missing or refused.
        public static let unauthorized = Code(kind: .unauthorized)
        /// The provider understood the request and said no; trying again would not help.
        public static let rejected = Code(kind: .rejected)
        /// Too many requests, also after waiting.
        public static let rateLimited = Code(kind: .rateLimited)
        /// The provider does not answer, or answers 5xx, also after trying again.
        public static let unavailable = Code(kind: .unavailable)
        /// No answer in time.
        public static let timedOut = Code(kind: .timedOut)
        /// Answers do not fit the schema, also after trying again.
        public static let malformed = Code(kind: .malformed)

        public var description: String { kind.rawValue }
    }

    public var code: Code
    /// One sentence with the remedy; holds no key and no text of the conversation.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code): \(message)" }
}
