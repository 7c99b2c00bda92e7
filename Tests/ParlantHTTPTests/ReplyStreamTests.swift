import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantHTTP

private let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"

@Suite("A reply that is read piece by piece")
struct ReplyStreamTests {
    /// Runs a body with a stream from a server that behaves like this, and shuts the transport down afterwards.
    private func with(
        _ behaviour: LoopbackServer.Behaviour,
        _ body: (any HTTPReplyStream, LoopbackServer) async throws -> Void
    ) async throws {
        try await LoopbackServer.with(behaviour) { server in
            let transport = AsyncHTTPTransport()
            do {
                try await body(
                    try await transport.open(HTTPExchangeRequest(method: "GET", url: server.url)), server)
            } catch {
                try? await transport.shutDown()
                throw error
            }
            try await transport.shutDown()
        }
    }

    private func rest(_ stream: any HTTPReplyStream) async throws -> String {
        var bytes: [UInt8] = []
        while let piece = try await stream.next() { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("has status and headers before its body, and ends")
    func whole() async throws {
        try await with(.reply(head + "3\r\none\r\n4\r\n two\r\n0\r\n\r\n")) { stream, _ in
            #expect(stream.status == 200)
            #expect(stream.headers.contains(HTTPHeader("Content-Type", "text/plain")))
            let text = try await rest(stream)
            #expect(text == "one two")
            #expect(try await stream.next() == nil)
        }
    }

    @Test("gives what has come while the other server still writes; closing gives the connection up")
    func closing() async throws {
        try await with(.hang(head + "3\r\none\r\n")) { stream, server in
            let piece = try await stream.next()
            #expect(piece == Array("one".utf8))
            await stream.close()
            await server.wait(closed: 1)
            #expect(try await stream.next() == nil)
        }
    }

    @Test("a cancelled reader stops at once")
    func cancellation() async throws {
        try await with(.hang(head)) { stream, server in
            let reader = Task { try await stream.next() }
            reader.cancel()
            await #expect(throws: CancellationError.self) { try await reader.value }
            await stream.close()
            await server.wait(closed: 1)
        }
    }

    @Test("a connection that breaks in the middle is an error, not the end")
    func broken() async throws {
        try await with(.replyAndClose(head + "3\r\none\r\n")) { stream, _ in
            let error = await #expect(throws: HTTPTransportError.self) { try await rest(stream) }
            #expect(error?.kind == .broken)
        }
    }

    @Test("is opened behind an allow list as a whole reply is")
    func allowList() async throws {
        try await LoopbackServer.with(.reply(head + "2\r\nhi\r\n0\r\n\r\n")) { server in
            let transport = AsyncHTTPTransport()
            let host = "127.0.0.1:\(server.port)"
            let request = HTTPExchangeRequest(method: "GET", url: server.url)
            let open = RestrictedHTTPTransport(transport, allowing: try HTTPAllowList([host]))
            let closed = RestrictedHTTPTransport(transport, allowing: try HTTPAllowList(["example.com"]))
            let refused = await #expect(throws: HTTPTransportError.self) { _ = try await closed.open(request) }
            #expect(refused?.kind == .notAllowed && server.received.isEmpty)
            let stream = try await open.open(request)
            #expect(try await rest(stream) == "hi")
            try await transport.shutDown()
        }
    }
}
