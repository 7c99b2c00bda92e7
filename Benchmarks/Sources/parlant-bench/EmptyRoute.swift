import Hummingbird
import Logging

/// What Hummingbird does for a request by itself: the same routes and sizes as the server's, with nothing behind them.
/// It reads the bodies that it is sent, as the server must.
struct EmptyRoute {
    var port: Int
    var customerBytes: Int
    var eventBytes: Int
    var listBytes: Int

    func run() async throws {
        let customer = Self.body(customerBytes)
        let event = Self.body(eventBytes)
        let list = Self.body(listBytes)
        let router = Router()
        router.get("healthz") { _, _ in Self.reply(.ok, customer) }
        router.get("customers/:id") { _, _ in Self.reply(.ok, customer) }
        router.post("customers") { request, _ in
            _ = try await request.body.collect(upTo: Self.largestBody)
            return Self.reply(.created, customer)
        }
        router.post("sessions/:id/events") { request, _ in
            _ = try await request.body.collect(upTo: Self.largestBody)
            return Self.reply(.created, event)
        }
        router.get("sessions/:id/events") { _, _ in Self.reply(.ok, list) }
        var logger = Logger(label: "empty-route")
        logger.logLevel = .warning
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
        try await application.runService()
    }

    private static let largestBody = 1024 * 1024

    /// JSON of exactly `size` bytes (12 at least).
    private static func body(_ size: Int) -> ByteBuffer {
        let frame = #"{"pad":""}"#
        let pad = String(repeating: "x", count: max(0, size - frame.utf8.count))
        return ByteBuffer(string: #"{"pad":""# + pad + #""}"#)
    }

    private static func reply(_ status: HTTPResponse.Status, _ body: ByteBuffer) -> Response {
        Response(status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: body))
    }
}
