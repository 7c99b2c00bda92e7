import HTTPTypes
import Hummingbird
import NIOCore
import ParlantCore

/// What a route answers.
struct Reply: Sendable {
    var status: HTTPResponse.Status
    var body: [UInt8]
    var headers: [HTTPField] = []

    init(_ status: HTTPResponse.Status, body: [UInt8] = [], headers: [HTTPField] = []) {
        self.status = status
        self.body = body
        self.headers = headers
    }

    /// 204. As on the reference the content type still says JSON.
    static let noContent = Reply(.noContent)

    /// A reply whose body `write` writes.
    static func json(
        _ status: HTTPResponse.Status = .ok, capacity: Int = 512, _ write: (inout JSONWriter) -> Void
    ) -> Reply {
        var writer = JSONWriter(capacity: capacity)
        write(&writer)
        return Reply(status, body: writer.bytes)
    }
}
