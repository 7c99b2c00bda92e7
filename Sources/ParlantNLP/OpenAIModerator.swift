import ParlantCore

/// Asks a moderations endpoint whether a text may be shown to the agent.
struct OpenAIModerator: ModerationService {
    /// A customer waits for this answer before the message is stored.
    private static let deadline = Duration.seconds(20)
    /// A judgement is a few hundred bytes.
    private static let maxReplyBytes = 1 << 20

    private let client: OpenAIClient

    init(client: OpenAIClient, model: String) {
        var configuration = client.configuration
        configuration.model = model
        configuration.deadline = min(configuration.deadline, Self.deadline)
        configuration.attemptTimeout = min(configuration.attemptTimeout, Self.deadline)
        self.client = OpenAIClient(
            configuration: configuration, transport: client.transport, clock: client.clock, random: client.random)
    }

    func moderate(_ text: String) async throws -> Moderation {
        var attempts = 0
        let answer = try await client.post(
            "/moderations", ["model": .string(client.configuration.model), "input": .string(text)],
            until: client.deadline(), attempts: &attempts, maxReplyBytes: Self.maxReplyBytes)
        switch answer {
        case .body(let body):
            guard let moderation = Self.moderation(in: body) else {
                throw NLPError(
                    .malformed,
                    "\(client.configuration.host) did not send a judgement; check the moderation model "
                        + "'\(client.configuration.model)'")
            }
            return moderation
        case .refused(_, let error): throw error
        }
    }

    /// The judgement of a reply; nil when it holds none.
    ///
    /// A category such as `hate/threatening` counts as `hate`: the wire knows the part before the stroke.
    static func moderation(in body: JSONValue) -> Moderation? {
        guard let result = body["results"]?.array?.first, let isFlagged = result["flagged"]?.boolean else { return nil }
        var categories: [String] = []
        for (name, value) in result["categories"]?.object ?? [:] where value.boolean == true {
            let category = String(name.prefix { $0 != "/" }).replacing("_", with: "-")
            if !categories.contains(category) { categories.append(category) }
        }
        return Moderation(isFlagged: isFlagged, categories: isFlagged ? categories : [])
    }
}
