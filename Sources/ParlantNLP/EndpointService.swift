public import ParlantCore

/// A provider behind a known endpoint: answers by JSON schemas and as streams of text, and vectors and judgements if
/// models for them are configured.
///
/// Failures that may pass are tried again with growing pauses, answers that do not fit the schema are asked for again
/// with the reason, and what an endpoint does not understand is left out from then on; all within one deadline. A
/// model that is asked too much is left alone by all sessions until it wants to be asked again.
///
/// ```swift
/// let configuration = try EndpointConfiguration.fromEnvironment(environment, of: KnownEndpoints.named("groq")!)
/// let service = EndpointService(configuration, transport: transport, clock: SystemTimeSource())
/// ```
public struct EndpointService: NLPService {
    public let summary: String
    public let generator: (any SchematicGenerator)?
    public let streamer: (any TextStreamer)?
    public let embedder: (any Embedder)?
    public let moderation: (any ModerationService)?
    private let models: ModelNames

    /// Connects nothing yet.
    ///
    /// - Parameters:
    ///   - configuration: Where and what to ask. An embedding or moderation model that the endpoint's dialect has no
    ///     question for is left out.
    ///   - transport: Sends the requests; its own time-outs must not be shorter than those of the configuration.
    ///   - clock: Measures deadlines and waits between attempts.
    ///   - random: Numbers from 0 to 1 that shorten the pauses.
    ///   - onNotice: Gets a sentence for the log when the endpoint turns out not to support something, and when it
    ///     wants a pause.
    public init(
        _ configuration: EndpointConfiguration, transport: any HTTPTransport, clock: any TimeSource,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        onNotice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        let client = EndpointClient(
            configuration: configuration, transport: transport, clock: clock, random: random, onNotice: onNotice)
        let endpoint = configuration.endpoint
        let dialects = ChatDialects(Self.dialect(of: configuration), configuration, onNotice: onNotice)
        generator = ChatGenerator(client: client, dialects: dialects)
        streamer = ChatStreamer(client: client, dialects: dialects)
        let embeddings: (any EmbeddingDialect)? =
            switch endpoint.dialect {
            case .openAI: OpenAIEmbeddings()
            case .ollama: OllamaEmbeddings()
            case .anthropic: nil
            }
        if let model = configuration.embeddingModel, let embeddings {
            embedder = EndpointEmbedder(
                client: client, model: model, dialect: LearnedDialect(embeddings) { $0.plainer(after: $1) })
        } else {
            embedder = nil
        }
        moderation =
            endpoint.moderates
            ? configuration.moderationModel.map { OpenAIModerator(client: client, model: $0) } : nil
        models = configuration.models
        summary = Self.summary(of: configuration)
    }

    public func modelName(for size: ModelSize) -> String? { models.name(for: size) }

    private static func dialect(of configuration: EndpointConfiguration) -> any ChatDialect {
        switch configuration.endpoint.dialect {
        case .openAI:
            OpenAIDialect(tokenLimit: configuration.isOfficialOpenAI ? "max_completion_tokens" : "max_tokens")
        case .anthropic: AnthropicDialect()
        case .ollama: OllamaDialect()
        }
    }

    private static func summary(of configuration: EndpointConfiguration) -> String {
        let small = configuration.models.small.map { ", small questions by \($0)" } ?? ""
        let vectors = configuration.embeddingModel.map { ", embeddings by \($0)" } ?? ""
        let judge = configuration.moderationModel.map { ", moderation by \($0)" } ?? ""
        return "\(configuration.models.large) at \(configuration.host)\(small)\(vectors)\(judge)"
    }
}
