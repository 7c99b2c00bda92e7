import ParlantCore

/// How to reach a service that speaks OpenAI's protocol: OpenAI's own, or any other with the same paths.
public struct OpenAIConfiguration: Sendable {
    /// OpenAI's own service, as in its client libraries.
    public static let officialBaseURL = "https://api.openai.com/v1"

    /// With the version in it and without `/` at its end; paths such as `/chat/completions` are appended.
    public let baseURL: String
    /// Host and port of ``baseURL``, for messages.
    public let host: String
    /// Sent as a bearer token; nil: no `Authorization` header, as local servers want it.
    public var key: Secret?
    /// Name of the chat model.
    public var model: String
    /// Name of the model for vectors; nil: there is no embedder.
    public var embeddingModel: String?
    /// Name of the model that judges what customers write; nil: nobody does.
    public var moderationModel: String?
    /// Sent as `OpenAI-Organization`.
    public var organization: String?
    /// Sent as `OpenAI-Project`.
    public var project: String?
    /// Waiting and trying again.
    public var retries = RetryPolicy()
    /// Longest time for one HTTP exchange.
    public var attemptTimeout: Duration = .seconds(60)
    /// Longest time for one answer: all attempts, pauses and repairs.
    public var deadline: Duration = .seconds(120)
    /// How often an answer that does not fit the schema is asked for again.
    public var repairs = 2

    /// A configuration with a checked base URL.
    ///
    /// - Throws: ``NLPError`` `rejected` when `baseURL` is no plain `http` or `https` URL, or has a query or a user;
    ///   `unauthorized` when it is OpenAI's own service and there is no key.
    public init(
        baseURL: String = Self.officialBaseURL, key: Secret?, model: String, embeddingModel: String? = nil
    ) throws(NLPError) {
        var trimmed = baseURL[...]
        while trimmed.last == "/" { trimmed.removeLast() }
        guard let address = HTTPAddress(String(trimmed)), !trimmed.contains("?"), !trimmed.contains("#") else {
            throw NLPError(
                .rejected, "OPENAI_BASE_URL is not a URL such as \(Self.officialBaseURL) or http://localhost:8000/v1")
        }
        guard !model.isEmpty else { throw NLPError(.rejected, "no model is named; pass one such as gpt-4o") }
        self.baseURL = String(trimmed)
        host = address.authority
        self.key = key
        self.model = model
        self.embeddingModel = embeddingModel
        guard key != nil || !isOfficial else {
            throw NLPError(
                .unauthorized, "no key for \(host); set OPENAI_API_KEY, or OPENAI_BASE_URL to another service")
        }
        // A line break in a key would end the header; keys are visible ASCII in every known service.
        guard key.map({ $0.reveal().utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }) ?? true else {
            throw NLPError(
                .unauthorized, "OPENAI_API_KEY has spaces or characters that no key has; check how it is set")
        }
    }

    /// Reads the variables that OpenAI's own client libraries read: `OPENAI_API_KEY`, `OPENAI_BASE_URL`,
    /// `OPENAI_ORG_ID` and `OPENAI_PROJECT_ID`. Spaces around a value are cut; an empty one counts as absent.
    ///
    /// - Parameters:
    ///   - environment: Such as that of the process.
    ///   - model: Name of the chat model.
    ///   - embeddingModel: Name of the model for vectors; nil: no embedder.
    /// - Throws: ``NLPError`` as ``init(baseURL:key:model:embeddingModel:)``.
    public static func fromEnvironment(
        _ environment: [String: String], model: String, embeddingModel: String? = nil
    ) throws(NLPError) -> OpenAIConfiguration {
        func value(_ name: String) -> String? {
            guard let text = environment[name] else { return nil }
            let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
            return trimmed.isEmpty ? nil : String(trimmed)
        }
        var configuration = try OpenAIConfiguration(
            baseURL: value("OPENAI_BASE_URL") ?? officialBaseURL, key: value("OPENAI_API_KEY").map(Secret.init),
            model: model, embeddingModel: embeddingModel)
        configuration.organization = value("OPENAI_ORG_ID")
        configuration.project = value("OPENAI_PROJECT_ID")
        return configuration
    }

    /// Whether this is OpenAI's own service.
    var isOfficial: Bool { host == "api.openai.com:443" }

    /// Headers of every request. The only place that reveals the key.
    func headers() -> [HTTPHeader] {
        var headers = [HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", "application/json")]
        if let key { headers.append(HTTPHeader("Authorization", "Bearer \(key.reveal())")) }
        if let organization { headers.append(HTTPHeader("OpenAI-Organization", organization)) }
        if let project { headers.append(HTTPHeader("OpenAI-Project", project)) }
        return headers
    }
}
