import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import ParlantAPI
import ParlantCore
import ServiceLifecycle
import Testing

@Suite("Following the log", .timeLimit(.minutes(5)))
struct LogRouteTests {
    /// The key of the example in RFC 6455, and the answer that it prints.
    private static let handshake = [
        "upgrade: websocket", "connection: Upgrade", "sec-websocket-version: 13",
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    private let fixture = Fixture()
    private var hub: LogHub { fixture.services.logs }
    private let record = LogRecord(level: .info, traceID: "t", message: "hello")
    private let text = #"{"level":"INFO","trace_id":"t","message":"hello"}"#

    private func openSocket(_ port: Int) async throws -> RawClient {
        let client = try await RawClient(port: port)
        try await client.send("GET", "/logs", headers: Self.handshake)
        let answer = try await client.text { $0.hasSuffix("\r\n\r\n") }
        #expect(answer.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
        #expect(answer.contains("sec-websocket-accept: \(Self.accept)\r\n"))
        return client
    }

    private func followed(_ isFollowed: Bool) async throws {
        try await eventually("followers: \(isFollowed)") { hub.isFollowed == isFollowed ? () : nil }
    }

    /// A frame as clients send it, masked.
    private func frame(_ opcode: UInt8, _ payload: [UInt8] = []) -> [UInt8] {
        let mask: [UInt8] = [1, 2, 3, 4]
        let masked = payload.enumerated().map { $1 ^ mask[$0 % 4] }
        return [0x80 | opcode, 0x80 | UInt8(payload.count)] + mask + masked
    }

    @Test("a web socket gets a text frame for each line")
    func socket() async throws {
        try await serve(fixture) { port, _ in
            let client = try await openSocket(port)
            hub.publish(record)
            hub.publish(record)
            let frames = try await client.text { $0.components(of: text) == 2 }
            #expect(frames.hasSuffix(text))
            try await client.close()
            try await followed(false)
        }
    }

    @Test("a web socket is told goodbye: when it says so, when it breaks the protocol, and when the server stops")
    func farewells() async throws {
        try await serve(fixture) { port, group in
            let polite = try await openSocket(port)
            try await polite.send(frame(0x9, Array("ping".utf8)))
            _ = try await polite.text { $0.hasSuffix("ping") }
            try await polite.send(frame(0x1, Array("ignored".utf8)))
            try await polite.send(frame(0x8, [0x03, 0xE8]))
            try await eventually("closed") { polite.isClosed ? () : nil }
            try await followed(false)

            let unmasked = try await openSocket(port)
            try await unmasked.send([0x81, 0x01, 0x41])
            try await eventually("closed") { unmasked.isClosed ? () : nil }
            try await followed(false)

            let halfClosed = try await openSocket(port)
            try await halfClosed.finishSending()
            try await eventually("closed") { halfClosed.isClosed ? () : nil }
            try await followed(false)

            let idle = try await openSocket(port)
            await group.triggerGracefulShutdown()
            try await eventually("closed") { idle.isClosed ? () : nil }
            try await followed(false)
        }
    }

    @Test(
        "server-sent events carry the same lines",
        arguments: [("/logs", ["accept: text/event-stream"]), ("/logs?sse=true", [])])
    func events(path: String, headers: [String]) async throws {
        try await serve(fixture) { port, _ in
            let client = try await RawClient(port: port)
            try await client.send("GET", path, headers: headers)
            try await followed(true)
            hub.publish(record)
            let answer = try await client.text { $0.contains("\n\n\r\n") }
            #expect(answer.lowercased().contains("content-type: text/event-stream\r\n"))
            #expect(answer.contains("data: \(text)\n\n"))
            try await client.close()
            try await followed(false)
        }
    }

    @Test("a follower that does not read does not hold up the server's end")
    func stuck() async throws {
        try await serve(fixture) { port, group in
            for path in ["/logs?sse=1", "/logs"] {
                let client = try await RawClient(port: port)
                try await client.stopReading()
                try await client.send("GET", path, headers: path == "/logs" ? Self.handshake : [])
                try await followed(true)
            }
            let long = LogRecord(level: .info, message: String(repeating: "x", count: 4000))
            for _ in 0..<5000 { hub.publish(long) }
            await group.triggerGracefulShutdown()
            try await followed(false)
        }
    }

    @Test("one follower too many gets 503, over either way")
    func full() async throws {
        var fixture = fixture
        var limits = LogHub.Limits()
        limits.followers = 1
        let hub = LogHub(limits: limits)
        fixture.services.logs = hub
        let follower = try hub.follow()
        let detail = #"{"detail":"As many clients follow the log as may (1); close one of them."}"#
        try await serve(fixture) { port, _ in
            let client = try await RawClient(port: port)
            try await client.send("GET", "/logs?sse=true")
            let answer = try await client.response()
            #expect(answer.hasPrefix("HTTP/1.1 503 "))
            #expect(answer.hasSuffix(detail))
            try await client.send("GET", "/logs", headers: Self.handshake)
            let refusal = try await client.response()
            #expect(refusal.hasPrefix("HTTP/1.1 503 "))
            #expect(refusal.hasSuffix(detail))
        }
        hub.leave(follower)
    }

    @Test("a client that goes before its stream begins leaves no place behind")
    func gone() async throws {
        let responder = APIResponder(fixture.services)
        let source = ApplicationRequestContextSource(
            channel: NIOAsyncTestingChannel(), logger: fixture.services.logger)
        for _ in 0..<50 {
            let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/logs?sse=true")
            let response = await responder.respond(
                to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), context: APIContext(source: source))
            // Nobody writes it.
            #expect(response.status == .ok)
        }
        #expect(!hub.isFollowed)
    }

    @Test(
        "what is no handshake is refused with what to do",
        arguments: [
            ([:], 426, "The log is a stream; open a web socket, or accept text/event-stream."),
            (["upgrade": "websocket"], 426, "Only version 13 of the web socket protocol is spoken here."),
            (
                ["upgrade": "websocket", "sec-websocket-version": "13", "sec-websocket-key": "short"], 400,
                "Sec-WebSocket-Key must be 16 bytes in Base64."
            ),
        ] as [([String: String], Int, String)])
    func refused(headers: [String: String], status: Int, sentence: String) async throws {
        var fields = HTTPFields()
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        let answer = try await fixture.send(.get, "/logs", headers: fields)
        #expect(answer.status == status)
        #expect(try answer.value["detail"].string == sentence)
        #expect(!hub.isFollowed)
    }

    @Test("a request for another protocol that is not spoken is answered, and the connection said to end")
    func otherProtocol() async throws {
        let answer = try await fixture.send(.get, "/tags", headers: [.upgrade: "h2c"])
        #expect(answer.status == 200)
        #expect(answer.header("connection") == "close")
    }
}

extension String {
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
