import ParlantCore
import Synchronization

/// What an endpoint is known not to understand. Starts from the best and only ever gets plainer.
struct OpenAIDialect: Sendable, Equatable {
    /// How the schema is passed on.
    enum Format: Int, Sendable { case schema, object, prompt }

    var format = Format.schema
    /// Name of the member that limits the answer: OpenAI's newer models refuse `max_tokens`, older servers know
    /// nothing else.
    var tokenLimit: String
    /// Reasoning models refuse any temperature but their own.
    var sendsTemperature = true
    /// Base64 is a quarter of the size of decimal numbers; some servers know only those.
    var sendsEncodingFormat = true

    /// The plainer dialect that a refusal of this one asks for; nil when the refusal is about something else.
    ///
    /// - Parameter text: What the server's error object says, in lower case: its `param`, or its message when it names
    ///   no parameter.
    func plainer(after text: String) -> OpenAIDialect? {
        var next = self
        if text.contains("response_format") || text.contains("json_schema") || text.contains("json_object") {
            guard let format = Format(rawValue: format.rawValue + 1) else { return nil }
            next.format = format
        } else if text.contains("max_completion_tokens") || text.contains("max_tokens") {
            // A refusal of one often recommends the other, so the name alone does not say which was refused.
            next.tokenLimit = tokenLimit == "max_tokens" ? "max_completion_tokens" : "max_tokens"
        } else if text.contains("temperature"), sendsTemperature {
            next.sendsTemperature = false
        } else if text.contains("encoding_format"), sendsEncodingFormat {
            next.sendsEncodingFormat = false
        } else {
            return nil
        }
        return next
    }
}

/// The dialect of one endpoint and model, learned once and shared by all requests.
final class LearnedDialect: Sendable {
    /// Changes at most in the life of a service: three plainer formats, the token limit's name there and back,
    /// temperature and encoding. Bounds what a server with contradictory refusals can cost.
    private static let limit = 6
    private let state: Mutex<(dialect: OpenAIDialect, changes: Int)>

    init(_ dialect: OpenAIDialect) { state = Mutex((dialect, 0)) }

    var current: OpenAIDialect { state.withLock { $0.dialect } }

    /// Learns from a refusal of a request that was made in `used`.
    ///
    /// - Returns: Whether another attempt would be made differently. True without a change when another request has
    ///   learned meanwhile.
    func learn(from text: String, used: OpenAIDialect) -> Bool {
        state.withLock { state in
            guard state.dialect == used else { return true }
            guard state.changes < Self.limit, let next = used.plainer(after: text) else { return false }
            state = (next, state.changes + 1)
            return true
        }
    }
}
