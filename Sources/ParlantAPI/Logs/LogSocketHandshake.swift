import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// The opening of a web socket (RFC 6455, section 4.2) on a connection of the API.
///
/// The HTTP pipeline of ordinary connections knows nothing of sockets. A request for one is answered by putting the
/// socket's handlers before the HTTP handlers, which from then on get nothing to read.
struct LogSocketHandshake: Sendable {
    private let channel: any Channel
    private let accept: String

    /// Reads a request; nil when it does not ask for a web socket.
    ///
    /// - Throws: 400 when it asks in a wrong way, 426 for another version than 13.
    init?(_ headers: HTTPFields, on channel: any Channel) async throws {
        guard headers[.upgrade]?.lowercased() == "websocket" else { return nil }
        guard let version = headers[.secWebSocketVersion], version == "13" else {
            throw APIError(
                .upgradeRequired, "Only version 13 of the web socket protocol is spoken here.",
                headers: [HTTPField(name: .secWebSocketVersion, value: "13")])
        }
        guard let key = headers[.secWebSocketKey], key.utf8.count == 24 else {
            throw APIError(.badRequest, "Sec-WebSocket-Key must be 16 bytes in Base64.")
        }
        self.channel = channel
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/logs")
        head.headers = ["sec-websocket-key": key, "sec-websocket-version": version]
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        let answer = try await upgrader.buildUpgradeResponse(
            channel: channel, upgradeRequest: head, initialResponseHeaders: [:]
        ).get()
        accept = answer["sec-websocket-accept"].first ?? ""
    }

    /// Answers 101 and turns the connection into a socket. Frames may be sent when this returns.
    func accept() async throws {
        let response =
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
            + "sec-websocket-accept: \(accept)\r\n\r\n"
        try await channel.eventLoop.submit { [channel] in
            let pipeline = channel.pipeline.syncOperations
            // At the front, in this order: the answer goes out as bytes, before there is an encoder of frames.
            let socket = LogSocket(opening: ByteBuffer(string: response))
            try pipeline.addHandler(socket, position: .first)
            try pipeline.addHandler(WebSocketProtocolErrorHandler(), position: .before(socket))
            try pipeline.addHandler(
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: LogSocket.maxFrameSize)), position: .first)
            try pipeline.addHandler(WebSocketFrameEncoder(), position: .first)
        }.get()
    }
}
