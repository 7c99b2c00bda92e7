import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
public import ServiceLifecycle

/// Serves the REST API over HTTP/1.1. Add it to the server's `ServiceGroup`.
///
/// When the group shuts down gracefully, the port is closed, long polls that wait are answered at once with 503 and
/// `retry-after` (a client's loop asks again and meets the next server), and so are requests whose body has not come
/// whole; running requests are finished; then ``run()`` returns. Stop the event engine before that, so that clients can
/// read how running turns end.
public struct APIServer: Service, CustomStringConvertible {
    /// Connections that the system keeps until they are accepted.
    private static let backlog = 4096

    private let services: APIServices
    private let host: String
    private let port: Int
    private let onListening: @Sendable (_ port: Int) async -> Void

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - host: Address or name to bind, such as `127.0.0.1` or `::`.
    ///   - port: Port to bind; 0 takes a free one.
    ///   - onListening: Called once with the port, when connections are accepted.
    public init(
        services: APIServices, host: String, port: Int,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.services = services
        self.host = host
        self.port = port
        self.onListening = onListening
    }

    /// Serves until graceful shutdown or cancellation.
    ///
    /// - Throws: ``ListenError`` when the port is taken or the address is not of this machine.
    public func run() async throws {
        raiseDescriptorLimit(logger: services.logger)
        let presences = PresenceTable()
        let idle = TimeAmount.seconds(Int64(services.limits.idleConnectionSeconds))
        let patience = TimeAmount.seconds(Int64(services.limits.stalledClientSeconds))
        let application = Application(
            responder: APIResponder(services, presences: presences),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ClientPresence(presences), StalledClient(patience: patience)],
                    idleTimeout: idle)),
            configuration: .init(address: .hostname(host, port: port), backlog: Self.backlog),
            onServerRunning: { [onListening, port] channel in await onListening(channel.localAddress?.port ?? port) },
            logger: services.logger)
        do {
            try await withGracefulShutdownHandler {
                try await application.run()
            } onGracefulShutdown: {
                presences.endAllWaits()
            }
        } catch let error as IOError {
            throw ListenError(host: host, port: port, errno: error.errnoCode)
        }
    }

    /// For the log of the service group, which prints its services: no part of what they hold may show.
    public var description: String { "API on \(host):\(port)" }
}
