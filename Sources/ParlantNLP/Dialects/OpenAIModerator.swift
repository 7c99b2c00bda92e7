import ParlantCore

/// Asks a moderations endpoint whether a text may be shown to the agent.
struct OpenAIModerator: ModerationService {
    /// A customer waits for this answer before the message is stored.
    private static let deadline = Duration.seconds(20)
    /// A judgement is a few hundred bytes.
    private static let maxReplyBytes = 1 << 20

    let client: EndpointClient
    let model: String

    func moderate(_ text: String) async throws -> Moderation {
        var account = CallAccount()
        let question = EndpointQuestion(
            path: "/moderations", body: ["model": .string(model), "input": .string(text)], model: model,
            deadline: client.deadline(within: Self.deadline), maxReplyBytes: Self.maxReplyBytes)
        switch try await client.ask(question, &account) {
        case .done(let reply):
            guard let moderation = Self.moderation(in: reply) else {
                throw NLPError(
                    .malformed,
                    "\(client.configuration.host) did not send a judgement; check the moderation model '\(model)'")
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
