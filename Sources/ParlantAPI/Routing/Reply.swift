import HTTPTypes
import Hummingbird
import NIOCore
import ParlantCore

/// Writes a body whose length nobody knows, and finishes it.
typealias StreamedBody = @Sendable (inout any ResponseBodyWriter) async throws -> Void

/// What a route answers.
struct Reply: Sendable {
    var status: HTTPResponse.Status
    var body: [UInt8]
    var headers: [HTTPField] = []
    /// What the body is, when it is neither JSON nor a stream.
    var contentType: String?
    /// Writes the body bit by bit instead; `body` is then empty.
    var stream: StreamedBody?

    init(_ status: HTTPResponse.Status, body: [UInt8] = [], headers: [HTTPField] = []) {
        self.status = status
        self.body = body
        self.headers = headers
    }

    /// 204. As on the reference the content type still says JSON.
    static let noContent = Reply(.noContent)

    /// A text for people or other programs.
    static func text(_ text: String) -> Reply {
        var reply = Reply(.ok, body: Array(text.utf8))
        reply.contentType = "text/plain; charset=utf-8"
        return reply
    }

    /// A stream of server-sent events.
    static func eventStream(_ stream: @escaping StreamedBody) -> Reply {
        var reply = Reply(.ok, headers: [HTTPField(name: .cacheControl, value: "no-cache")])
        reply.stream = stream
        return reply
    }

    /// A file to be saved under this name, ASCII without quotes.
    static func file(_ name: String, _ contentType: String, _ stream: @escaping StreamedBody) -> Reply {
        var reply = Reply(
            .ok,
            headers: [
                HTTPField(name: .contentDisposition, value: "attachment; filename=\"\(name)\""),
                HTTPField(name: .cacheControl, value: "no-store"),
            ])
        reply.contentType = contentType
        reply.stream = stream
        return reply
    }

    /// A reply whose body `write` writes.
    static func json(
        _ status: HTTPResponse.Status = .ok, capacity: Int = 512, _ write: (inout JSONWriter) -> Void
    ) -> Reply {
        var writer = JSONWriter(capacity: capacity)
        write(&writer)
        return Reply(status, body: writer.bytes)
    }
}
