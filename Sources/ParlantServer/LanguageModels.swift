public import Logging
public import ParlantCore
import ParlantNLP
public import ParlantScripting

/// Makes the provider that a configuration names.
public enum LanguageModels {
    /// The services that are known by name.
    public static var endpointNames: [String] { KnownEndpoints.all.map(\.name) }

    /// The table of these services in Markdown.
    public static var endpointTable: String { KnownEndpoints.markdown }

    /// The provider.
    ///
    /// - Parameters:
    ///   - plugins: Where a plugin's model is looked for.
    ///   - environment: The process's environment, for addresses and keys.
    /// - Throws: ``ConfigurationError`` for a key, an address or a model's name that is missing or wrong, for what a
    ///   service does not offer, and for a plugin that is not there.
    public static func service(
        _ choice: ModelChoice, plugins: PluginDirectory, environment: [String: String], transport: any HTTPTransport,
        clock: any TimeSource, logger: Logger
    ) throws(ConfigurationError) -> any NLPService {
        let bench = Bench(
            choice: choice, plugins: plugins, environment: environment, transport: transport, clock: clock,
            logger: logger)
        do {
            return try bench.service()
        } catch let error as NLPError {
            throw ConfigurationError(error.message)
        } catch let error as PluginChoiceError {
            throw ConfigurationError(error.message)
        } catch {
            throw ConfigurationError("\(error)")
        }
    }
}

/// What a provider is made of.
private struct Bench {
    let choice: ModelChoice
    let plugins: PluginDirectory
    let environment: [String: String]
    let transport: any HTTPTransport
    let clock: any TimeSource
    let logger: Logger

    func service() throws -> any NLPService {
        switch choice.provider {
        case .plugin(let name):
            var limits = TextModelService.Limits()
            limits.deadline = choice.timeLimit ?? limits.deadline
            let service = TextModelService(
                try plugins.textModel(of: name), limits: limits, clock: clock, onNotice: notice)
            // A plugin makes its own vectors, unless a service is named for them.
            guard choice.embeddingEndpoint != nil, let vectors = try vectors(beside: nil) else { return service }
            return PairedService(service, embedder: vectors.embedder, from: vectors.origin)
        case .offline: return OfflineService(embedder: try vectors(beside: nil)?.embedder)
        case .endpoint(let name):
            let endpoint = try endpoint(name)
            if choice.moderationModel != nil, !endpoint.moderates {
                throw ConfigurationError("\(name) judges no texts; leave out --moderation-model, or use --nlp openai")
            }
            var configuration = try EndpointConfiguration.fromEnvironment(
                environment, of: endpoint, models: models(of: endpoint))
            configuration.moderationModel = choice.moderationModel
            let isShared = choice.embeddingEndpoint == nil || choice.embeddingEndpoint == name
            if isShared, endpoint.embeds { configuration.embeddingModel = choice.embeddingModel }
            let service = service(configuration)
            guard configuration.embeddingModel == nil, let vectors = try vectors(beside: endpoint) else {
                return service
            }
            return PairedService(service, embedder: vectors.embedder, from: vectors.origin)
        }
    }

    /// The model for vectors, at a service of its own, with its name and host.
    private func vectors(
        beside endpoint: KnownEndpoint?
    ) throws -> (embedder: any Embedder, origin: String)? {
        guard let model = choice.embeddingModel else { return nil }
        if let endpoint, choice.embeddingEndpoint == nil {
            throw ConfigurationError("\(endpoint.name) makes no vectors; name another service with --embedding-nlp")
        }
        let name = choice.embeddingEndpoint ?? "openai"
        let other = try self.endpoint(name)
        guard other.embeds else {
            throw ConfigurationError("\(name) makes no vectors; name another service with --embedding-nlp")
        }
        let configuration = try EndpointConfiguration.fromEnvironment(
            environment, of: other, models: ModelNames(large: model), embeddingModel: model)
        return service(configuration).embedder.map { ($0, "\(model) at \(configuration.host)") }
    }

    private func service(_ configuration: EndpointConfiguration) -> EndpointService {
        var configuration = configuration
        if let limit = choice.timeLimit {
            configuration.deadline = limit
            configuration.attemptTimeout = min(configuration.attemptTimeout, limit)
        }
        return EndpointService(
            configuration, transport: transport, clock: clock, onNotice: notice)
    }

    private var notice: @Sendable (String) -> Void { { [logger] in logger.notice("\($0)") } }

    private func endpoint(_ name: String) throws(ConfigurationError) -> KnownEndpoint {
        guard let endpoint = KnownEndpoints.named(name) else {
            throw ConfigurationError(
                "there is no service '\(name)'; there are \(LanguageModels.endpointNames.joined(separator: ", "))")
        }
        return endpoint
    }

    private func models(of endpoint: KnownEndpoint) -> ModelNames? {
        if let model = choice.model { return ModelNames(large: model, small: choice.smallModel) }
        guard var models = endpoint.models else { return nil }
        models.small = choice.smallModel ?? models.small
        return models
    }
}
