import Hummingbird
import NIOCore
import ParlantCore
import ServiceLifecycle
import Synchronization

/// Waits for the body of a request, which may never come to its end.
///
/// Until then the request is in progress, and each byte is a sign of life: the HTTP server alone would let half a body
/// keep its connection, and a server that stops, for as long as the client likes. Here it has so much time in all, and
/// none when the server stops. Then the connection takes nothing more: a body that has come is answered as ever,
/// another is refused, and the connection ends with the answer.
final class BodyArrival: Sendable {
    private let channel: any Channel
    private let refusal = Mutex<APIError?>(nil)

    init(on channel: any Channel) { self.channel = channel }

    /// The whole body.
    ///
    /// - Throws: 408 when it takes too long, 503 when the server stops; what collecting it throws.
    func collect(
        _ body: RequestBody, _ limits: APILimits, _ clock: any TimeSource
    ) async throws -> ByteBuffer {
        let timer = Task { [seconds = limits.bodySeconds] in
            guard (try? await clock.sleep(for: .seconds(seconds))) != nil else { return }
            giveUp(.tooSlow(seconds: seconds))
        }
        defer { timer.cancel() }
        do {
            return try await withGracefulShutdownHandler {
                try await body.collect(upTo: limits.bodyBytes)
            } onGracefulShutdown: {
                self.giveUp(.shuttingDown)
            }
        } catch {
            throw refusal.withLock { $0 } ?? error
        }
    }

    /// The first reason counts.
    private func giveUp(_ reason: APIError) {
        refusal.withLock { $0 = $0 ?? reason }
        channel.close(mode: .input, promise: nil)
    }
}
