/// What is known of a service that answers questions to models: one row of the table.
public struct KnownEndpoint: Sendable, Hashable {
    /// How a service wants to be asked.
    public enum Dialect: String, Sendable, CaseIterable {
        /// OpenAI's chat completions, and its embeddings and moderations where a service has them.
        case openAI = "OpenAI"
        /// Anthropic's messages.
        case anthropic = "Anthropic"
        /// Ollama's own chat and embeddings.
        case ollama = "Ollama"
    }

    /// What `--nlp` calls it: lower-case letters, digits and `-`.
    public let name: String
    /// Where it is, with all of the path that its requests share.
    public let baseURL: String
    public let dialect: Dialect
    /// Variable of the environment with its key.
    public let keyVariable: String
    /// Whether nothing works without a key. A base URL of one's own needs none.
    public let needsKey: Bool
    /// The models that answer when none is named; nil: one must be named, as with servers of one's own.
    public let models: ModelNames?
    /// Whether it judges texts at `/moderations`.
    public let moderates: Bool

    init(
        _ name: String, _ baseURL: String, _ dialect: Dialect = .openAI, key: String, needsKey: Bool = true,
        models: ModelNames? = nil, moderates: Bool = false
    ) {
        self.name = name
        self.baseURL = baseURL
        self.dialect = dialect
        keyVariable = key
        self.needsKey = needsKey
        self.models = models
        self.moderates = moderates
    }

    /// Variable of the environment that takes the place of ``baseURL``.
    public var baseURLVariable: String {
        name.uppercased().replacing(".", with: "_").replacing("-", with: "_") + "_BASE_URL"
    }

    /// Whether it makes vectors of texts.
    public var embeds: Bool { dialect != .anthropic }
}
