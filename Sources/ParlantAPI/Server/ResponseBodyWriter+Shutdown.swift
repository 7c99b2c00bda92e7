import Hummingbird
import NIOCore
import ServiceLifecycle

extension ResponseBodyWriter {
    /// Returns when the connection has room for more. Who does not read does not hold up the server's end: their
    /// connection is closed when it shuts down.
    mutating func write(_ chunk: ByteBuffer, closingAtShutdown channel: any Channel) async throws {
        try await withGracefulShutdownHandler {
            try await write(chunk)
        } onGracefulShutdown: {
            channel.close(mode: .all, promise: nil)
        }
    }
}
