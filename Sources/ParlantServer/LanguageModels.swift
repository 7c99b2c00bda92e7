public import Logging
public import ParlantCore
import ParlantHTTP
import ParlantNLP
public import ParlantScripting

/// Makes the provider that a configuration names.
public enum LanguageModels {
    /// The provider.
    ///
    /// - Parameters:
    ///   - model: Which model answers.
    ///   - embeddingModel: Which model turns texts into vectors; nil: none.
    ///   - moderationModel: Which model judges customers' messages; nil: none.
    ///   - plugins: Where a plugin's model is looked for; nil: there are no plugins here.
    ///   - environment: The process's environment, for addresses and keys.
    /// - Throws: ``ConfigurationError`` for a key or an address that is missing or wrong, and for a plugin that is not
    ///   there.
    public static func service(
        _ model: ServerConfiguration.LanguageModel, embeddingModel: String?, moderationModel: String? = nil,
        plugins: PluginDirectory? = nil, environment: [String: String], transport: any HTTPTransport,
        clock: any TimeSource, logger: Logger
    ) throws(ConfigurationError) -> any NLPService {
        func openAI(_ model: String) throws(ConfigurationError) -> OpenAIService {
            do {
                var settings = try OpenAIConfiguration.fromEnvironment(
                    environment, model: model, embeddingModel: embeddingModel)
                settings.moderationModel = moderationModel
                return OpenAIService(settings, transport: transport, clock: clock, onNotice: { logger.notice("\($0)") })
            } catch {
                throw ConfigurationError(error.message)
            }
        }
        switch model {
        case .plugin(let name):
            guard let plugins else {
                throw ConfigurationError(
                    "a plugin's language model answers with 'serve' alone; use offline or openai here")
            }
            do {
                return TextModelService(try plugins.textModel(of: name), clock: clock)
            } catch {
                throw ConfigurationError(error.message)
            }
        case .openAI(let model): return try openAI(model)
        case .offline:
            guard let embeddingModel else { return OfflineService() }
            return OfflineService(embedder: try openAI(embeddingModel).embedder)
        }
    }

    /// Runs `body` with a provider that has connections of its own, which are closed afterwards.
    ///
    /// - Throws: As ``service(_:embeddingModel:moderationModel:plugins:environment:transport:clock:logger:)``, and what `body` throws.
    public static func withService<Value: Sendable>(
        _ model: ServerConfiguration.LanguageModel, embeddingModel: String?, environment: [String: String],
        _ body: (any NLPService) async throws -> Value
    ) async throws -> Value {
        let transport = AsyncHTTPTransport()
        let logger = Logger(label: "parlant") { StreamLogHandler.standardError(label: $0) }
        let result: Result<Value, any Error>
        do {
            let service = try service(
                model, embeddingModel: embeddingModel, environment: environment, transport: transport,
                clock: SystemTimeSource(), logger: logger)
            result = .success(try await body(service))
        } catch {
            result = .failure(error)
        }
        try await transport.shutDown()
        return try result.get()
    }
}
