import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import Testing

@testable import ParlantAPI

@Suite("A wait on behalf of a client", .timeLimit(.minutes(5)))
struct ClientWaitTests {
    @Test("ends at once when the connection was closed and forgotten before the wait began")
    func alreadyGone() async throws {
        try await serve(Fixture()) { port, _ in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).get()
            try await channel.close()
            let request = Request(
                head: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/"),
                body: RequestBody(buffer: ByteBuffer()))
            let call = Call(request: request, channel: channel, presences: PresenceTable())
            await #expect(throws: APIError.self) {
                try await call.whileClientWaits { try await Task.sleep(for: .seconds(50)) }
            }
        }
    }
}
