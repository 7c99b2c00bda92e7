import ParlantCore

/// How to reach a service that answers questions to models, and what to ask it for.
public struct EndpointConfiguration: Sendable {
    /// What is known of the service.
    public let endpoint: KnownEndpoint
    /// Without `/` at its end; paths such as `/chat/completions` are appended.
    public let baseURL: String
    /// Host and port of ``baseURL``, for messages.
    public let host: String
    /// Sent with every request; nil: no key is sent, as local servers want it.
    public var key: Secret?
    /// The models that answer.
    public var models: ModelNames
    /// Name of the model for vectors; nil: there is no embedder.
    public var embeddingModel: String?
    /// Name of the model that judges what customers write; nil: nobody does.
    public var moderationModel: String?
    /// Headers of requests besides those of the dialect, such as the account's organization.
    public var headers: [HTTPHeader] = []
    /// Waiting and trying again.
    public var retries = RetryPolicy()
    /// Longest time for one HTTP exchange, and for the wait between two pieces of a stream.
    public var attemptTimeout: Duration = .seconds(60)
    /// Longest time for one answer: all attempts, pauses and repairs.
    public var deadline: Duration = .seconds(120)
    /// How often an answer that does not fit the schema is asked for again.
    public var repairs = 2

    /// A configuration with a checked base URL.
    ///
    /// - Parameters:
    ///   - baseURL: Nil: that of the row.
    ///   - models: Nil: those of the row.
    /// - Throws: ``ParlantCore/NLPError`` `rejected` when `baseURL` is no plain `http` or `https` URL, or has a query
    ///   or a user, and when no model is named; `unauthorized` when the service needs a key and there is none.
    public init(
        _ endpoint: KnownEndpoint, baseURL: String? = nil, key: Secret?, models: ModelNames? = nil,
        embeddingModel: String? = nil
    ) throws(NLPError) {
        var trimmed = (baseURL ?? endpoint.baseURL)[...]
        while trimmed.last == "/" { trimmed.removeLast() }
        guard let address = HTTPAddress(String(trimmed)), !trimmed.contains("?"), !trimmed.contains("#") else {
            throw NLPError(
                .rejected, "\(endpoint.baseURLVariable) is not a URL such as \(endpoint.baseURL)")
        }
        guard let models = models ?? endpoint.models, !models.all.contains("") else {
            throw NLPError(.rejected, "\(endpoint.name) has no model that is always there; name one with --model")
        }
        self.endpoint = endpoint
        self.baseURL = String(trimmed)
        host = address.authority
        self.key = key
        self.models = models
        self.embeddingModel = embeddingModel
        guard key != nil || !endpoint.needsKey || host != HTTPAddress(endpoint.baseURL)?.authority else {
            throw NLPError(
                .unauthorized,
                "no key for \(host); set \(endpoint.keyVariable), or \(endpoint.baseURLVariable) to another service")
        }
        // A line break in a key would end the header; keys are visible ASCII in every known service.
        guard key.map({ $0.reveal().utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }) ?? true else {
            throw NLPError(
                .unauthorized,
                "\(endpoint.keyVariable) has spaces or characters that no key has; check how it is set")
        }
    }

    /// Reads the variables of the row, and `OPENAI_ORG_ID` and `OPENAI_PROJECT_ID` as OpenAI's own client libraries do.
    /// Spaces around a value are cut; an empty one counts as absent.
    ///
    /// - Parameters:
    ///   - environment: Such as that of the process.
    ///   - models: Nil: those of the row.
    ///   - embeddingModel: Name of the model for vectors; nil: no embedder.
    /// - Throws: ``ParlantCore/NLPError`` as ``init(_:baseURL:key:models:embeddingModel:)``.
    public static func fromEnvironment(
        _ environment: [String: String], of endpoint: KnownEndpoint, models: ModelNames? = nil,
        embeddingModel: String? = nil
    ) throws(NLPError) -> EndpointConfiguration {
        func value(_ name: String) -> String? {
            guard let text = environment[name] else { return nil }
            let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
            return trimmed.isEmpty ? nil : String(trimmed)
        }
        var configuration = try EndpointConfiguration(
            endpoint, baseURL: value(endpoint.baseURLVariable), key: value(endpoint.keyVariable).map(Secret.init),
            models: models, embeddingModel: embeddingModel)
        if endpoint.name == "openai" {
            for (name, variable) in [("OpenAI-Organization", "OPENAI_ORG_ID"), ("OpenAI-Project", "OPENAI_PROJECT_ID")]
            {
                if let value = value(variable) { configuration.headers.append(HTTPHeader(name, value)) }
            }
        }
        return configuration
    }

    /// Whether this is OpenAI's own service.
    var isOfficialOpenAI: Bool { host == "api.openai.com:443" }

    /// Headers of every request. The only place that reveals the key.
    func allHeaders() -> [HTTPHeader] {
        var all = [HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", "application/json")]
        switch endpoint.dialect {
        case .openAI, .ollama:
            if let key { all.append(HTTPHeader("Authorization", "Bearer \(key.reveal())")) }
        case .anthropic:
            all.append(HTTPHeader("anthropic-version", "2023-06-01"))
            if let key { all.append(HTTPHeader("x-api-key", key.reveal())) }
        }
        return all + headers
    }
}
