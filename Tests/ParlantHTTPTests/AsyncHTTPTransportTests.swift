import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantHTTP

private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-One: a\r\nX-One: b\r\n\r\nhi"

/// Runs a body with a transport and shuts it down afterwards.
private func withTransport(
    clock: any TimeSource = SystemTimeSource(), _ body: (AsyncHTTPTransport) async throws -> Void
) async throws {
    let transport = AsyncHTTPTransport(clock: clock)
    do { try await body(transport) } catch {
        try? await transport.shutDown()
        throw error
    }
    try await transport.shutDown()
}

/// Sends a request that must fail.
private func failure(_ request: HTTPExchangeRequest) async throws -> HTTPTransportError {
    var found: HTTPTransportError?
    try await withTransport { transport in
        found = await #expect(throws: HTTPTransportError.self) { try await transport.exchange(request) }
    }
    return try #require(found)
}

@Suite("An HTTP exchange")
struct AsyncHTTPTransportTests {
    @Test("brings method, path, headers and body there, and status, headers and body back")
    func exchange() async throws {
        try await LoopbackServer.with(.reply(ok)) { server in
            try await withTransport { transport in
                let reply = try await transport.exchange(
                    HTTPExchangeRequest(
                        method: "PUT", url: server.url + "/a/b?c=d%20e#frag", headers: [HTTPHeader("X-Key", "v")],
                        body: Array("body".utf8)))
                #expect(reply.status == 200)
                #expect(reply.headers.filter { $0.name == "X-One" }.map(\.value) == ["a", "b"])
                #expect(reply.body == Array("hi".utf8))
            }
            let request = try #require(server.received.first)
            #expect(request.hasPrefix("PUT /a/b?c=d%20e HTTP/1.1\r\n"))
            #expect(request.lowercased().contains("\r\nx-key: v\r\n"))
            #expect(request.lowercased().contains("\r\nhost: 127.0.0.1:\(server.port)\r\n"))
            #expect(request.hasSuffix("\r\n\r\nbody"))
        }
    }

    @Test("keeps its connection for the next one")
    func pooling() async throws {
        try await LoopbackServer.with(.reply(ok)) { server in
            try await withTransport { transport in
                for _ in 0..<3 { _ = try await transport.exchange(HTTPExchangeRequest(method: "GET", url: server.url)) }
            }
            await server.wait(closed: 1)
            #expect(server.received.count == 3)
        }
    }

    @Test("reports every status as a reply and follows no redirect", arguments: [301, 302, 307, 404, 500])
    func statuses(_ status: Int) async throws {
        let head = "HTTP/1.1 \(status) X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
        try await LoopbackServer.with(.reply(head)) { server in
            try await withTransport { transport in
                let reply = try await transport.exchange(HTTPExchangeRequest(method: "GET", url: server.url))
                #expect(reply.status == status)
                #expect(reply.header("location") == "/elsewhere")
            }
            #expect(server.received.count == 1)
        }
    }

    @Test(
        "fails when the reply is longer than allowed, told or not",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + String(repeating: "x", count: 4000),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfa0\r\n" + String(repeating: "x", count: 4000)
                + "\r\n",
        ])
    func tooLarge(_ reply: String) async throws {
        try await LoopbackServer.with(.hang(reply)) { server in
            let error = try await failure(
                HTTPExchangeRequest(method: "GET", url: server.url + "/secret", maxReplyBytes: 1000))
            #expect(
                error == HTTPTransportError(.tooLarge, "the reply of '127.0.0.1:\(server.port)' exceeds 1000 bytes"))
        }
    }

    @Test("takes a reply of exactly the allowed length")
    func exactSize() async throws {
        try await LoopbackServer.with(.reply(ok)) { server in
            try await withTransport { transport in
                let request = HTTPExchangeRequest(method: "GET", url: server.url, maxReplyBytes: 2)
                let reply = try await transport.exchange(request)
                #expect(reply.body.count == 2)
            }
        }
    }

    @Test(
        "ends at its time-out, whether nothing comes or half a body",
        arguments: [
            "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        ])
    func timeout(_ bytes: String) async throws {
        let clock = ManualClock()
        try await LoopbackServer.with(.hang(bytes)) { server in
            try await withTransport(clock: clock) { transport in
                let task = Task {
                    try await transport.exchange(
                        HTTPExchangeRequest(method: "GET", url: server.url, timeout: .milliseconds(2500)))
                }
                await server.wait(received: 1)
                await clock.waitForSleepers(1)
                clock.advance(by: .seconds(3))
                let found = await #expect(throws: HTTPTransportError.self) { try await task.value }
                #expect(
                    found
                        == HTTPTransportError(.timeout, "no reply from '127.0.0.1:\(server.port)' within 2.5 s"))
            }
            await server.wait(closed: 1)
        }
    }

    @Test("that is cancelled ends at once and gives its connection up")
    func cancellation() async throws {
        try await LoopbackServer.with(.hang("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")) { server in
            try await withTransport(clock: ManualClock()) { transport in
                let task = Task {
                    try await transport.exchange(
                        HTTPExchangeRequest(method: "GET", url: server.url, timeout: .seconds(3600)))
                }
                await server.wait(received: 1)
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                await server.wait(closed: 1)
            }
        }
    }

    @Test("that is cancelled before it begins sends nothing")
    func cancelledBefore() async throws {
        try await LoopbackServer.with(.reply(ok)) { server in
            try await withTransport { transport in
                let task = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return try await transport.exchange(HTTPExchangeRequest(method: "GET", url: server.url))
                }
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            #expect(server.received.isEmpty)
        }
    }
}

@Suite("An HTTP exchange that fails")
struct AsyncHTTPTransportFailureTests {
    private let secret = "topsecret"

    private func request(_ base: String) -> HTTPExchangeRequest {
        HTTPExchangeRequest(
            method: "POST", url: base + "/topsecret?q=topsecret", headers: [HTTPHeader("X-Key", "topsecret")],
            body: Array("topsecret".utf8), timeout: .seconds(10))
    }

    @Test("because nobody listens is refused")
    func refused() async throws {
        var port = 0
        try await LoopbackServer.with(.close) { port = $0.port }
        let error = try await failure(request("http://127.0.0.1:\(port)"))
        #expect(error == HTTPTransportError(.refused, "'127.0.0.1:\(port)' refuses the connection"))
        let named = try await failure(request("http://localhost:\(port)"))
        #expect(named == HTTPTransportError(.refused, "'localhost:\(port)' refuses the connection"))
    }

    @Test("because the name does not exist says so")
    func dns() async throws {
        let error = try await failure(request("http://nowhere.invalid"))
        #expect(error == HTTPTransportError(.dns, "the host name of 'nowhere.invalid:80' cannot be resolved"))
    }

    @Test("because the certificate is not trusted sends nothing")
    func certificate() async throws {
        try await LoopbackServer.with(.reply(ok), tls: true) { server in
            let error = try await failure(request("https://localhost:\(server.port)"))
            #expect(
                error
                    == HTTPTransportError(
                        .tls,
                        "no secure connection to 'localhost:\(server.port)': the certificate or protocol was refused"))
            #expect(server.received.isEmpty)
        }
    }

    @Test("because the other side speaks no TLS says so")
    func noTLS() async throws {
        try await LoopbackServer.with(.babble("HTTP/1.1 400 Bad Request\r\n\r\n")) { server in
            let error = try await failure(request("https://127.0.0.1:\(server.port)"))
            #expect(error.kind == .tls)
        }
    }

    @Test(
        "because the connection breaks before or within the reply is broken",
        arguments: [
            LoopbackServer.Behaviour.close, .replyAndClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
            .replyAndClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal"),
            .replyAndClose("this is not HTTP\r\n\r\n"),
        ])
    func broken(_ behaviour: LoopbackServer.Behaviour) async throws {
        try await LoopbackServer.with(behaviour) { server in
            let error = try await failure(request(server.url))
            #expect(error == HTTPTransportError(.broken, "the connection to '127.0.0.1:\(server.port)' broke"))
        }
    }

    @Test("because of its URL, method or headers sends nothing and repeats nothing of it")
    func unsendable() async throws {
        try await LoopbackServer.with(.reply(ok)) { server in
            var requests = ["topsecret", "ftp://topsecret", "http://u:topsecret@127.0.0.1"].map {
                HTTPExchangeRequest(method: "GET", url: $0)
            }
            requests.append(HTTPExchangeRequest(method: "GET / HTTP/1.1\r\nX: topsecret\r\n", url: server.url))
            for header in [HTTPHeader("X", "a\r\ntopsecret: b"), HTTPHeader("X: topsecret", "b"), HTTPHeader("", "a")] {
                requests.append(HTTPExchangeRequest(method: "GET", url: server.url, headers: [header]))
            }
            for request in requests {
                let error = try await failure(request)
                #expect(!error.message.contains(secret))
                #expect(error.kind == (request.url == server.url ? .broken : .invalidURL))
            }
            #expect(server.received.isEmpty)
        }
    }

    @Test("after the shut-down is broken")
    func afterShutDown() async throws {
        let transport = AsyncHTTPTransport()
        try await transport.shutDown()
        let error = await #expect(throws: HTTPTransportError.self) {
            try await transport.exchange(HTTPExchangeRequest(method: "GET", url: "http://127.0.0.1:1"))
        }
        #expect(error?.kind == .broken)
    }
}
