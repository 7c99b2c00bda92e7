import ParlantCore

/// How one family of services is asked for an answer: pure functions between our questions and its JSON.
protocol ChatDialect: Sendable {
    /// Below the base URL, beginning with `/`.
    var path: String { get }
    /// Whether the endpoint is asked to keep the model to the schema. Else the schema stands in the prompt.
    var sendsSchema: Bool { get }

    /// The body of a request.
    ///
    /// - Parameter streams: Whether the answer shall come in pieces.
    func body(of chat: Chat, model: String, streams: Bool) -> JSONValue
    /// What a whole reply says.
    func completion(in reply: JSONValue) -> Completion
    /// What a line of a stream says.
    func step(in line: String) -> [StreamStep]
    /// The plainer dialect that a refusal of this one asks for; nil when the refusal is about something else.
    ///
    /// - Parameter refusal: What the server's error object says, in lower case: its `param`, or its message when it
    ///   names no parameter.
    func plainer(after refusal: String) -> (any ChatDialect)?
}

/// The part of a reply that counts.
struct Completion: Sendable, Equatable {
    /// How an answer ended.
    enum Ending: Sendable, Equatable {
        case text(String)
        /// Stopped at the token limit.
        case cut
        /// The model said no.
        case refused
        /// The service's filter said no.
        case filtered
        /// No answer, or one without text.
        case empty
    }

    var ending: Ending
    var usage: TokenUsage
    /// What the endpoint was asked to keep to and did not, as ``ChatDialect/plainer(after:)`` wants it; nil: nothing.
    var ignored: String?

    /// The ending of an answer that came to its end.
    static func ending(_ text: String) -> Ending { text.contains { !$0.isWhitespace } ? .text(text) : .empty }
}

/// What a line of a stream says.
enum StreamStep: Sendable, Equatable {
    /// More of the text.
    case piece(String)
    /// Tokens of the prompt so far, and of the answer so far; nil: what was said before holds.
    case usage(input: Int?, output: Int?)
    /// The answer is complete.
    case ended
    /// The model or the service's filter said no.
    case refused
    /// The service failed; the text is an identifier of the error, if it names one.
    case failed(String?)
}

extension JSONValue {
    /// A count of tokens; nil when this is none.
    var tokens: Int? { integer.map { Int(clamping: max($0, 0)) } }
}
