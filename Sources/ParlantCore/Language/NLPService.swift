/// A language model's provider, as the engine sees it.
public protocol NLPService: Sendable {
    /// One line for people: provider and model, without secrets.
    var summary: String { get }
    /// Writes text; nil when the provider has no model, and the engine decides by words and canned responses alone.
    var generator: (any SchematicGenerator)? { get }
    /// Writes free text piece by piece; nil when the provider cannot, which is the default.
    var streamer: (any TextStreamer)? { get }
    /// Turns text into vectors; nil when none is configured.
    var embedder: (any Embedder)? { get }
    /// Judges what customers write; nil when the provider does not, which is the default.
    var moderation: (any ModerationService)? { get }
    /// Name of the model that answers questions of a size, as the provider calls it; nil when it has none, which is the
    /// default. ``Generation/model`` has the same names.
    func modelName(for size: ModelSize) -> String?
}

extension NLPService {
    public var streamer: (any TextStreamer)? { nil }
    public var moderation: (any ModerationService)? { nil }
    public func modelName(for size: ModelSize) -> String? { nil }
}

/// Asks a model for JSON that fits a schema.
public protocol SchematicGenerator: Sendable {
    /// Asks, with the provider's own retries, within the request's time limit.
    ///
    /// - Throws: ``NLPError``, `timedOut` when the time limit ends first; `CancellationError` as soon as the task is
    ///   cancelled, and the request is given up.
    func generate(_ request: GenerationRequest) async throws -> Generation
}

/// Asks a model for free text, and hands it over as it is written.
public protocol TextStreamer: Sendable {
    /// Asks, and hands over each piece of the text in order; none is empty, and a slow receiver slows the model down.
    /// The time that `receive` takes counts towards the request's time limit. A request that fails before the first
    /// piece is tried again; after that a failure is final, because what was handed over cannot be taken back.
    ///
    /// A text that reaches the request's `maxTokens` ends there.
    ///
    /// - Returns: The whole text as a string, with the account of the call.
    /// - Throws: ``NLPError``, `timedOut` when the time limit ends first, also in the middle of the text; what
    ///   `receive` throws, and the request is given up; `CancellationError` as soon as the task is cancelled.
    func stream(
        _ request: GenerationRequest, _ receive: @escaping @Sendable (String) async throws -> Void
    ) async throws -> Generation
}

/// Turns texts into vectors.
public protocol Embedder: Sendable {
    /// One vector per text, in order, all of the same length.
    ///
    /// - Throws: ``NLPError``, `CancellationError`.
    func embed(_ texts: [String]) async throws -> Embedding
}

/// Vectors of texts, with the account of the call.
public struct Embedding: Sendable, Equatable {
    /// One for each text, in order.
    public var vectors: [[Float]]
    /// Of all attempts. Only the input counts; 0 where the provider does not say.
    public var usage: TokenUsage
    /// Name of the model that was asked, as the provider calls it; empty when it has none.
    public var model: String
    /// Requests that it took: one for each piece of a long list, and more with retries.
    public var attempts: Int

    public init(vectors: [[Float]], usage: TokenUsage = .init(), model: String = "", attempts: Int = 1) {
        self.vectors = vectors
        self.usage = usage
        self.model = model
        self.attempts = attempts
    }
}
