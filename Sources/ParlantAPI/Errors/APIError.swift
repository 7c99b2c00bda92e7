import HTTPTypes
import ParlantCore

/// A request cannot be answered as asked; becomes `{"detail": …}`.
struct APIError: Error {
    enum Detail {
        /// The operation said no, in one sentence.
        case text(String)
        /// The request does not fit the schema.
        case problems([Problem])
    }

    /// The body of a refusal with one sentence.
    static let schema = Schema.named("Error", .record(["detail": .string()]))

    var status: HTTPResponse.Status
    var detail: Detail
    var headers: [HTTPField] = []

    init(_ status: HTTPResponse.Status, _ text: String, headers: [HTTPField] = []) {
        self.status = status
        self.detail = .text(text)
        self.headers = headers
    }

    /// 422 with the problems of a request.
    init(_ problems: [Problem]) {
        status = .unprocessableContent
        detail = .problems(problems)
    }

    static let unknownPath = APIError(.notFound, "Not Found")
    static let notUTF8 = APIError(.badRequest, "There was an error parsing the body")
    static let timedOut = APIError(.gatewayTimeout, "Request timed out")
    static let shuttingDown = APIError.tryLater("The server is shutting down; try again in a moment.")

    /// An entity that has no words of its own on the reference: customer, tag, agent.
    static func itemNotFound(_ id: String) -> APIError { APIError(.notFound, "Item '\(id)' not found") }

    static func unprocessable(_ sentence: String) -> APIError { APIError(.unprocessableContent, sentence) }

    static func methodNotAllowed(_ allowed: String) -> APIError {
        APIError(.methodNotAllowed, "Method Not Allowed", headers: [HTTPField(name: .allow, value: allowed)])
    }

    static func tooLarge(_ what: String, limit: Int) -> APIError {
        APIError(.contentTooLarge, "The \(what) is larger than \(limit) bytes; send less.")
    }

    static func tooSlow(seconds: Int) -> APIError {
        APIError(
            .requestTimeout, "The body has not come whole within \(seconds) seconds; send less, or send it faster.",
            headers: [HTTPField(name: .connection, value: "close")])
    }

    static func unauthorized(_ sentence: String, _ challenge: String) -> APIError {
        APIError(.unauthorized, sentence, headers: [HTTPField(name: .wwwAuthenticate, value: challenge)])
    }

    static func notOffered(_ sentence: String) -> APIError { APIError(.notImplemented, sentence) }

    static func tryLater(_ sentence: String) -> APIError {
        APIError(.serviceUnavailable, sentence, headers: [HTTPField(name: .retryAfter, value: "1")])
    }
}
