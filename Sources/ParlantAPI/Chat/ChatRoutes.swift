import HTTPTypes
import Hummingbird

/// A web page beside the API: its files under `/chat/`, and a redirect there from `/`.
///
/// Not in the route table, because here a slash at the end means something.
struct ChatRoutes: Sendable {
    private static let mount = "/chat/"

    private let folder: WebFolder

    init(_ folder: WebFolder) { self.folder = folder }

    /// The answer to a request for the page; nil when the request is for the API.
    ///
    /// - Throws: 404 for a file that is not there, 405 for anything but GET and HEAD.
    func answer(_ request: Request, path: String) throws -> Reply? {
        if path == "/" || path == "/chat" { return try redirect(request) }
        guard path.hasPrefix(Self.mount) else { return nil }
        try check(request.method)
        let name = percentDecoded(path.utf8.dropFirst(Self.mount.utf8.count), plusIsSpace: false)
        guard let file = folder[name] else { throw APIError.unknownPath }
        return reply(file, to: request)
    }

    private func redirect(_ request: Request) throws -> Reply {
        try check(request.method)
        return Reply(.temporaryRedirect, headers: [HTTPField(name: .location, value: Self.mount)])
    }

    private func check(_ method: HTTPRequest.Method) throws {
        guard method == .get || method == .head else { throw APIError.methodNotAllowed("GET, HEAD") }
    }

    /// Browsers keep files and ask each time whether they have changed.
    private func reply(_ file: WebFolder.File, to request: Request) -> Reply {
        var headers = [
            HTTPField(name: .eTag, value: file.etag), HTTPField(name: .cacheControl, value: "no-cache"),
            HTTPField(name: .xContentTypeOptions, value: "nosniff"),
        ]
        if let known = request.headers[.ifNoneMatch], Self.names(known, file.etag) {
            return Reply(.notModified, headers: headers)
        }
        if request.method == .head {
            headers.append(HTTPField(name: .contentLength, value: "\(file.bytes.count)"))
        }
        var reply = Reply(.ok, body: file.bytes, headers: headers)
        reply.contentType = file.contentType
        return reply
    }

    private static func names(_ header: String, _ etag: String) -> Bool {
        header.split(separator: ",").contains { tag in
            var tag = tag.drop { $0 == " " }
            while tag.last == " " { tag.removeLast() }
            return tag == "*" || (tag.hasPrefix("W/") ? tag.dropFirst(2) : tag) == etag
        }
    }
}
