public import ParlantCore

/// One provider's answers with another one's vectors, for services that make none or worse ones.
public struct PairedService: NLPService {
    private let answers: any NLPService
    public let embedder: (any Embedder)?
    private let origin: String

    /// - Parameters:
    ///   - embedder: Takes the place of that of `answers`.
    ///   - origin: Model and host of `embedder`, for ``summary``.
    public init(_ answers: any NLPService, embedder: any Embedder, from origin: String) {
        self.answers = answers
        self.embedder = embedder
        self.origin = origin
    }

    public var generator: (any SchematicGenerator)? { answers.generator }
    public var streamer: (any TextStreamer)? { answers.streamer }
    public var moderation: (any ModerationService)? { answers.moderation }
    public func modelName(for size: ModelSize) -> String? { answers.modelName(for: size) }
    public var summary: String { "\(answers.summary), embeddings by \(origin)" }
}
