/// Which models are asked, and where: what the command line says.
public struct ModelChoice: Sendable, Equatable {
    /// Who answers.
    public enum Provider: Sendable, Equatable {
        /// Nobody: conditions are matched by words, replies are canned responses. Needs no key and no network.
        case offline
        /// The service of this name; see ``LanguageModels/endpointNames``.
        case endpoint(String)
        /// The `nlp` of this plugin.
        case plugin(String)
    }

    public var provider: Provider
    /// Name of the model that answers; nil: that of the service's row.
    public var model: String?
    /// Name of the model for small questions; nil: ``model``, or that of the row when there is no ``model`` either.
    public var smallModel: String?
    /// Model that turns texts into vectors; nil: none. Without a language model, conditions are then matched by vectors
    /// instead of words.
    public var embeddingModel: String?
    /// Service of ``embeddingModel``; nil: that of ``provider``, and `openai` where it is none.
    public var embeddingEndpoint: String?
    /// Model that judges customers' messages, at the service of ``provider``; nil: none.
    public var moderationModel: String?
    /// Longest time for one answer, retries included; nil: two minutes.
    public var timeLimit: Duration?

    public init(
        _ provider: Provider = .offline, model: String? = nil, smallModel: String? = nil, embeddingModel: String? = nil,
        embeddingEndpoint: String? = nil, moderationModel: String? = nil, timeLimit: Duration? = nil
    ) {
        self.provider = provider
        self.model = model
        self.smallModel = smallModel
        self.embeddingModel = embeddingModel
        self.embeddingEndpoint = embeddingEndpoint
        self.moderationModel = moderationModel
        self.timeLimit = timeLimit
    }
}
