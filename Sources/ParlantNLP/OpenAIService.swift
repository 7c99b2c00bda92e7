import ParlantCore

/// A provider that speaks OpenAI's protocol: chat completions with JSON schemas, and vectors if a model for them is
/// configured.
///
/// Failures that may pass are tried again with growing pauses, answers that do not fit the schema are asked for again
/// with the reason, and what an endpoint does not understand is left out from then on; all within one deadline.
///
/// ```swift
/// let configuration = try OpenAIConfiguration.fromEnvironment(environment, model: "gpt-4o")
/// let service = OpenAIService(configuration, transport: transport, clock: SystemTimeSource())
/// ```
public struct OpenAIService: NLPService {
    public let summary: String
    public let generator: (any SchematicGenerator)?
    public let embedder: (any Embedder)?
    public let moderation: (any ModerationService)?

    /// Connects nothing yet.
    ///
    /// - Parameters:
    ///   - configuration: Where and what to ask.
    ///   - transport: Sends the requests; its own time-outs must not be shorter than those of the configuration.
    ///   - clock: Measures deadlines and waits between attempts.
    ///   - random: Numbers from 0 to 1 that shorten the pauses.
    ///   - onNotice: Gets a sentence for the log when the endpoint turns out not to support something.
    public init(
        _ configuration: OpenAIConfiguration, transport: any HTTPTransport, clock: any TimeSource,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        onNotice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        let client = OpenAIClient(configuration: configuration, transport: transport, clock: clock, random: random)
        let tokenLimit = configuration.isOfficial ? "max_completion_tokens" : "max_tokens"
        generator = OpenAIGenerator(
            client: client, dialect: LearnedDialect(OpenAIDialect(tokenLimit: tokenLimit)), onNotice: onNotice)
        embedder = configuration.embeddingModel.map { model in
            OpenAIEmbedder(
                client: client, model: model, dialect: LearnedDialect(OpenAIDialect(tokenLimit: tokenLimit)))
        }
        moderation = configuration.moderationModel.map { OpenAIModerator(client: client, model: $0) }
        let vectors = configuration.embeddingModel.map { ", embeddings by \($0)" } ?? ""
        let judge = configuration.moderationModel.map { ", moderation by \($0)" } ?? ""
        summary = "\(configuration.model) at \(configuration.host)\(vectors)\(judge)"
    }
}
