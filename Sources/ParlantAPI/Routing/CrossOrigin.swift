import HTTPTypes
import Hummingbird

/// Lets web pages of any origin use the API, as the reference does.
enum CrossOrigin {
    private static let methods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    private static let exposed = "x-request-id, x-unknown-fields, location, retry-after"

    /// The answer to a preflight; nil when the request is none.
    static func preflight(_ request: Request) -> Reply? {
        guard request.method == .options, let origin = request.headers[.origin],
            request.headers[.accessControlRequestMethod] != nil
        else { return nil }
        var headers = [
            HTTPField(name: .accessControlAllowOrigin, value: origin),
            HTTPField(name: .accessControlAllowCredentials, value: "true"),
            HTTPField(name: .accessControlAllowMethods, value: methods),
            HTTPField(name: .accessControlMaxAge, value: "600"),
            HTTPField(name: .vary, value: "Origin"),
        ]
        if let wanted = request.headers[.accessControlRequestHeaders] {
            headers.append(HTTPField(name: .accessControlAllowHeaders, value: wanted))
        }
        return Reply(.noContent, headers: headers)
    }

    /// Adds what a page needs to see the response. With cookies the browser wants its own origin named.
    static func allow(_ request: Request, in headers: inout HTTPFields) {
        guard request.headers.contains(.origin), let origin = request.headers[.origin],
            !headers.contains(.accessControlAllowOrigin)
        else { return }
        if request.headers[.cookie] != nil {
            headers[.accessControlAllowOrigin] = origin
            headers[.vary] = "Origin"
        } else {
            headers[.accessControlAllowOrigin] = "*"
        }
        headers[.accessControlAllowCredentials] = "true"
        headers[.accessControlExposeHeaders] = exposed
    }
}
