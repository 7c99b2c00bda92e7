import HTTPTypes
import Hummingbird
import NIOCore
import ParlantCore
import ServiceLifecycle

/// `GET /logs`: the lines of the log as they are written, over a web socket as on the reference, or as server-sent
/// events for `accept: text/event-stream` or `sse=true`.
struct LogRoutes: Sendable {
    private let hub: LogHub

    init(_ services: APIServices) { hub = services.logs }

    func add(to table: inout RouteTable) {
        let operation = Operation(
            "follow_logs", in: "logs", as: "follow", "Follow the server's log",
            about: "A web socket gets one text frame per record: level, trace_id and message. With sse=true, or when "
                + "text/event-stream is accepted, the records come as server-sent events.",
            .switchingProtocols, .stream, refusing: [.malformed, .upgradeRequired])
        table.on(.get, "/logs", operation, query: { $0.boolean("sse", default: false) }) { [self] call, isStream in
            try await follow(call, wantsEvents: isStream || Self.accepts(call.request.headers))
        }
    }

    private func follow(_ call: Call, wantsEvents: Bool) async throws -> Reply {
        if let handshake = try await LogSocketHandshake(call.request.headers, on: call.channel) {
            return try await followOnSocket(handshake, call)
        }
        guard wantsEvents else {
            throw APIError(
                .upgradeRequired, "The log is a stream; open a web socket, or accept text/event-stream.",
                headers: [HTTPField(name: .upgrade, value: "websocket")])
        }
        // Nobody has it but the reply, which is not sent to a client that goes before it begins.
        let place = FollowerPlace(hub: hub, follower: try newFollower())
        detectDeadPeer(on: call.channel)
        return .eventStream { [self] writer in
            while let records = try? await next(place.follower, call) {
                try await writer.write(events(records), closingAtShutdown: call.channel)
            }
            try await writer.finish(nil)
        }
    }

    /// Returns when the socket is closed. There is no HTTP response to it any more; the one that is made of the thrown
    /// error is swallowed by the socket's handler.
    private func followOnSocket(_ handshake: LogSocketHandshake, _ call: Call) async throws -> Reply {
        let follower = try newFollower()
        defer { hub.leave(follower) }
        try await handshake.accept()
        detectDeadPeer(on: call.channel)
        while let records = try await next(follower, call) {
            for record in records { try await LogSocket.send(record.json, on: call.channel) }
        }
        throw CancellationError()
    }

    /// - Throws: 503 when too many follow.
    private func newFollower() throws -> LogFollower {
        do {
            return try hub.follow()
        } catch {
            throw APIError.tryLater("As many clients follow the log as may (\(error.limit)); close one of them.")
        }
    }

    /// The next records; nil or an error when the client has gone or the server shuts down.
    private func next(_ follower: LogFollower, _ call: Call) async throws -> [LogRecord]? {
        try await call.whileClientWaits { await follower.next() }
    }

    private func events(_ records: [LogRecord]) -> ByteBuffer {
        var buffer = ByteBuffer()
        for record in records {
            buffer.writeStaticString("data: ")
            buffer.writeBytes(record.json)
            buffer.writeStaticString("\n\n")
        }
        return buffer
    }

    private static func accepts(_ headers: HTTPFields) -> Bool {
        headers[.accept]?.lowercased().contains("text/event-stream") ?? false
    }
}

/// The place of a follower, given back when nobody has it any more.
private final class FollowerPlace: Sendable {
    let follower: LogFollower
    private let hub: LogHub

    init(hub: LogHub, follower: LogFollower) {
        self.hub = hub
        self.follower = follower
    }

    deinit { hub.leave(follower) }
}
