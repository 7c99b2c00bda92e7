import ParlantCore

/// No language model: the engine matches conditions by words, or by vectors where there is an embedder, and replies
/// with canned responses.
public struct OfflineService: NLPService {
    public let embedder: (any Embedder)?

    /// - Parameter embedder: Improves matching; that of an ``EndpointService`` for instance.
    public init(embedder: (any Embedder)? = nil) { self.embedder = embedder }

    public var generator: (any SchematicGenerator)? { nil }

    public var summary: String {
        "offline (no model): conditions are matched by \(embedder == nil ? "words" : "embeddings") and replies are "
            + "canned responses only"
    }
}
