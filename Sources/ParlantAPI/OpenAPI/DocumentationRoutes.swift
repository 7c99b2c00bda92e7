import HTTPTypes
import ParlantCore
import Synchronization

/// `/openapi.json`, and the pages that show it to people. They need nothing from anywhere else.
struct DocumentationRoutes: Sendable {
    /// Where people begin.
    static let path: Substring = "/docs"

    /// The encoded document; made when it is first asked for.
    private final class Encoded: Sendable {
        private let bytes = Mutex<[UInt8]?>(nil)

        func get(_ make: () -> [UInt8]) -> [UInt8] {
            bytes.withLock { bytes in
                if let bytes { return bytes }
                let made = make()
                bytes = made
                return made
            }
        }
    }

    /// Adds the routes. Those that come later are not described.
    func add(to table: inout RouteTable) {
        let (encoded, listings) = (Encoded(), table.listings)
        table.unlisted(.get, "/openapi.json") { _ in
            Reply(.ok, body: encoded.get { JSONWriter.bytes(of: OpenAPIDocument(listings).json) })
        }
        table.unlisted(.get, "/docs") { _ in page("text/html", PackageResources.page_html) }
        table.unlisted(.get, "/docs/style.css") { _ in page("text/css", PackageResources.style_css) }
        table.unlisted(.get, "/docs/script.js") { _ in page("text/javascript", PackageResources.script_js) }
        // The other address under which the reference has documentation.
        table.unlisted(.get, "/redoc") { _ in
            Reply(.temporaryRedirect, headers: [HTTPField(name: .location, value: "/docs")])
        }
    }
}

/// A part of the documentation pages. Browsers ask again after an upgrade of the server.
private func page(_ type: String, _ bytes: [UInt8]) -> Reply {
    var reply = Reply(.ok, body: bytes, headers: [HTTPField(name: .cacheControl, value: "no-cache")])
    reply.contentType = "\(type); charset=utf-8"
    return reply
}
