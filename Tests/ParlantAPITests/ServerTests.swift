import HTTPTypes
import ParlantAPI
import ParlantCore
import ParlantEngine
import ParlantTesting
import ServiceLifecycle
import Testing

@Suite("The server", .timeLimit(.minutes(5)))
struct ServerTests {
    private let event = #"{"kind": "custom", "source": "system", "data": 1}"#

    @Test("keeps a connection for many requests, long polls among them")
    func keepAlive() async throws {
        let fixture = Fixture()
        let session = try await fixture.newSession()
        try await serve(fixture) { port, _ in
            let client = try await RawClient(port: port)
            for offset in 0..<5 {
                try await client.send("GET", "/sessions/\(session)/events?min_offset=\(offset)")
                try await waiting(1, in: fixture)
                try await fixture.send(.post, "/sessions/\(session)/events", event)
                let response = try await client.response()
                #expect(response.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(response.contains(#""offset":\#(offset),"#))
                try await client.send("HEAD", "/tags")
                #expect(try await client.response().hasPrefix("HTTP/1.1 405 "))
                try await client.send("POST", "/tags", #"{"name": "t\#(offset)"}"#)
                #expect(try await client.response().hasPrefix("HTTP/1.1 201 "))
            }
            #expect(!client.isClosed)
            try await client.close()
        }
    }

    @Test("forgets a long poll as soon as its client has gone")
    func gone() async throws {
        let fixture = Fixture()
        let sessions = [try await fixture.newSession(), try await fixture.newSession()]
        try await serve(fixture) { port, _ in
            var clients: [RawClient] = []
            for number in 0..<60 {
                let client = try await RawClient(port: port)
                try await client.send("GET", "/sessions/\(sessions[number % 2])/events")
                clients.append(client)
            }
            try await waiting(60, in: fixture)
            for client in clients.dropLast() { try await client.close() }
            try await waiting(1, in: fixture)
            try await clients[59].finishSending()
            try await waiting(0, in: fixture)
        }
    }

    @Test("forgets a long poll on a connection that was used before")
    func goneLater() async throws {
        let fixture = Fixture()
        let session = try await fixture.newSession()
        try await serve(fixture) { port, _ in
            let client = try await RawClient(port: port)
            for offset in 0..<3 {
                try await client.send("GET", "/sessions/\(session)/events?min_offset=\(offset)")
                try await waiting(1, in: fixture)
                try await fixture.send(.post, "/sessions/\(session)/events", event)
                _ = try await client.response()
            }
            try await client.send("GET", "/sessions/\(session)/events?min_offset=3")
            try await waiting(1, in: fixture)
            try await client.close()
            try await waiting(0, in: fixture)
        }
    }

    @Test("still answers who has said that nothing more will be sent")
    func halfClosed() async throws {
        let fixture = Fixture()
        try await serve(fixture) { port, _ in
            let client = try await RawClient(port: port)
            try await client.send("POST", "/tags", #"{"name": "n"}"#)
            try await client.finishSending()
            #expect(try await client.response().hasPrefix("HTTP/1.1 201 "))
        }
    }

    @Test("refuses a body that is too large, with a length or without, and keeps the connection")
    func tooLarge() async throws {
        var limits = APILimits()
        limits.bodyBytes = 1000
        let fixture = Fixture(limits: limits)
        try await serve(fixture) { port, _ in
            let client = try await RawClient(port: port)
            try await client.send("POST", "/tags", #"{"name": "\#(String(repeating: "x", count: 100_000))"}"#)
            #expect(try await client.response().hasPrefix("HTTP/1.1 413 "))
            try await client.send(
                "POST /tags HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n"
                    + "transfer-encoding: chunked\r\n\r\n")
            for _ in 0..<3 { try await client.send("200\r\n\(String(repeating: "x", count: 512))\r\n") }
            try await client.send("0\r\n\r\n")
            let response = try await client.response()
            #expect(response.hasPrefix("HTTP/1.1 413 "))
            #expect(response.hasSuffix(#"{"detail":"The body is larger than 1000 bytes; send less."}"#))
            try await client.send("POST", "/tags", #"{"name": "n"}"#)
            #expect(try await client.response().hasPrefix("HTTP/1.1 201 "))
            #expect(try await fixture.tags.list(name: nil).map(\.name) == ["n"])
        }
    }

    /// The first byte of a body that has a hundred.
    private let beginning =
        "POST /tags HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"

    @Test("stops although a client has sent half of a body, and tells the client")
    func halfBody() async throws {
        let fixture = Fixture()
        try await serve(fixture) { port, group in
            let client = try await RawClient(port: port)
            try await client.send(beginning)
            try await sleeping(1, in: fixture)
            await group.triggerGracefulShutdown()
            let response = try await client.response()
            #expect(response.hasPrefix("HTTP/1.1 503 "))
            #expect(response.lowercased().contains("retry-after: 1\r\n"))
            try await eventually("the connection closed") { client.isClosed ? () : nil }
        }
        #expect(try await fixture.tags.list(name: nil).isEmpty)
    }

    @Test("gives a body a time in all, however steadily it comes, and tells the client")
    func slowBody() async throws {
        let fixture = Fixture()
        try await serve(fixture) { port, _ in
            let client = try await RawClient(port: port)
            try await client.send(beginning)
            try await sleeping(1, in: fixture)
            for _ in 0..<59 {
                fixture.clock.advance(by: .seconds(1))
                try await client.send(" ")
            }
            #expect(fixture.clock.sleeperCount == 1)
            fixture.clock.advance(by: .seconds(1))
            let response = try await client.response()
            #expect(response.hasPrefix("HTTP/1.1 408 "))
            #expect(response.lowercased().contains("connection: close\r\n"))
            #expect(
                response.hasSuffix(
                    #"{"detail":"The body has not come whole within 60 seconds; send less, or send it faster."}"#))
            try await eventually("the connection closed") { client.isClosed ? () : nil }
        }
        #expect(try await fixture.tags.list(name: nil).isEmpty)
    }

    @Test("forgets the time of a body that has come, and keeps the connection")
    func bodyInTime() async throws {
        let fixture = Fixture()
        try await serve(fixture) { port, _ in
            let client = try await RawClient(port: port)
            try await client.send(beginning)
            try await sleeping(1, in: fixture)
            fixture.clock.advance(by: .seconds(59))
            try await client.send(#""name": "n"}"# + String(repeating: " ", count: 87))
            #expect(try await client.response().hasPrefix("HTTP/1.1 201 "))
            try await sleeping(0, in: fixture)
            fixture.clock.advance(by: .seconds(1))
            try await client.send("POST", "/tags", #"{"name": "m"}"#)
            #expect(try await client.response().hasPrefix("HTTP/1.1 201 "))
        }
    }

    @Test("answers waiting long polls at once when it shuts down, and stops")
    func shutdown() async throws {
        let fixture = Fixture()
        let session = try await fixture.newSession()
        try await serve(fixture) { port, group in
            let poller = try await RawClient(port: port)
            let idle = try await RawClient(port: port)
            try await idle.send("GET", "/tags")
            _ = try await idle.response()
            try await poller.send("GET", "/sessions/\(session)/events")
            try await waiting(1, in: fixture)
            await group.triggerGracefulShutdown()
            let response = try await poller.response()
            #expect(response.hasPrefix("HTTP/1.1 503 "))
            #expect(response.lowercased().contains("retry-after: 1\r\n"))
            #expect(
                response.hasSuffix(#"{"detail":"The server is shutting down; try again in a moment."}"#))
            try await eventually("both connections closed") { poller.isClosed && idle.isClosed ? () : nil }
            #expect(fixture.engine.waitingReaders == 0)
        }
    }
}
