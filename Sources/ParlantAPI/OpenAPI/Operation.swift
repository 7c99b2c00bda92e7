import HTTPTypes
import ParlantCore

/// What a route is for, as the API's description tells it to people and to generators of clients.
///
/// What the route reads is not said here: the readers say it, see ``RouteTable``.
struct Operation: Sendable {
    /// The reference's name of the operation: `create_customer`.
    let id: String
    /// Where the operation is found in the documentation, and in generated clients: `customers`.
    let group: String
    /// Its name there: `create`.
    let name: String
    /// One line.
    let summary: String
    /// More, where one line is not enough.
    let about: String?
    /// A body to begin with, where what the schema requires is not enough.
    let example: JSONValue?
    /// What it answers when all is well; more than one when that depends on the request.
    let answers: [Answer]
    /// What it may refuse, apart from what every route refuses and from what follows of what it reads.
    let refusals: [Refusal]

    init(
        _ id: String, in group: String, as name: String, _ summary: String, about: String? = nil,
        example: JSONValue? = nil, _ answers: Answer..., refusing refusals: [Refusal] = []
    ) {
        self.id = id
        self.group = group
        self.name = name
        self.summary = summary
        self.about = about
        self.example = example
        self.answers = answers
        self.refusals = refusals
    }
}

extension Operation {
    /// A response that is no error.
    struct Answer: Sendable {
        let status: HTTPResponse.Status
        /// Type of the body and its shape; none for an empty body. Streams have a shape per event, which OpenAPI 3.1
        /// cannot say.
        let content: [(type: String, schema: Schema?)]

        static func ok(_ schema: Schema) -> Answer { .init(.ok, schema) }
        static func created(_ schema: Schema) -> Answer { .init(.created, schema) }
        static let noContent = Answer(status: .noContent, content: [])
        static let switchingProtocols = Answer(status: .switchingProtocols, content: [])
        static let stream = Answer(status: .ok, content: [("text/event-stream", nil)])
        static let zip = Answer(status: .ok, content: [("application/zip", nil)])
        static let text = Answer(status: .ok, content: [("text/plain", .string())])

        /// JSON at once, or the same as server-sent events when the request asks for them.
        static func okOrStream(_ schema: Schema) -> Answer {
            Answer(status: .ok, content: [("application/json", schema), ("text/event-stream", nil)])
        }

        init(_ status: HTTPResponse.Status, _ schema: Schema) {
            self.init(status: status, content: [("application/json", schema)])
        }

        private init(status: HTTPResponse.Status, content: [(type: String, schema: Schema?)]) {
            self.status = status
            self.content = content
        }
    }

    /// A response that says no: a status with `{"detail": …}`.
    enum Refusal: Sendable, CaseIterable {
        case malformed, unauthorized, notFound, tooSlow, conflict, tooLarge, invalid, upgradeRequired, fault, tryLater
        case timedOut

        var status: HTTPResponse.Status {
            switch self {
            case .malformed: .badRequest
            case .unauthorized: .unauthorized
            case .notFound: .notFound
            case .tooSlow: .requestTimeout
            case .conflict: .conflict
            case .tooLarge: .contentTooLarge
            case .invalid: .unprocessableContent
            case .upgradeRequired: .upgradeRequired
            case .fault: .internalServerError
            case .tryLater: .serviceUnavailable
            case .timedOut: .gatewayTimeout
            }
        }

        /// The name under which the description keeps it.
        var name: String {
            switch self {
            case .malformed: "Malformed"
            case .unauthorized: "Unauthorized"
            case .notFound: "NotFound"
            case .tooSlow: "TooSlow"
            case .conflict: "Conflict"
            case .tooLarge: "TooLarge"
            case .invalid: "Invalid"
            case .upgradeRequired: "UpgradeRequired"
            case .fault: "Fault"
            case .tryLater: "TryLater"
            case .timedOut: "TimedOut"
            }
        }

        var about: String {
            switch self {
            case .malformed: "The body is not UTF-8, or the headers of a web socket do not fit."
            case .unauthorized: "The server wants a token, and the request does not bring it."
            case .notFound: "Something that the request names does not exist."
            case .tooSlow: "The body has not come whole within the time that this server gives it. Nothing was changed."
            case .conflict:
                "The request does not go with what is there: an id or a name is taken, a script defines it, or the "
                    + "session is in the wrong state. Nothing was changed."
            case .tooLarge: "The body or a part of it is larger than this server takes. Nothing was changed."
            case .invalid:
                "The request does not fit the schema (a list of problems), or breaks a rule (one sentence). "
                    + "Nothing was changed."
            case .upgradeRequired: "What is here is a stream, and the request asks for none."
            case .fault: "A fault of the server; its log has the cause under the response's x-request-id."
            case .tryLater: "The server cannot answer now; ask again after the seconds in retry-after."
            case .timedOut: "Nothing came within the time that the request wanted to wait."
            }
        }
    }
}
