import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ParlantCore

/// Requests over HTTP/1.1 and HTTP/2 with pooled connections and checked certificates.
///
/// Redirects are not followed, cookies are not kept, compression is not asked for, proxies are not used. A failed
/// exchange is not repeated: only callers know whether that is safe. Call ``shutDown()`` at the end; a transport that
/// is dropped without it traps in debug builds.
public final class AsyncHTTPTransport: HTTPTransport {
    private let client: HTTPClient
    private let clock: any TimeSource

    /// A transport without connections.
    ///
    /// - Parameters:
    ///   - connectionsPerHost: Requests to one host that run at the same time over HTTP/1.1; more wait, within their
    ///     time-outs.
    ///   - clock: Measures the requests' time-outs.
    public init(connectionsPerHost: Int = 64, clock: any TimeSource = SystemTimeSource()) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsPerHost
        // A refused connection is an answer; trying again until the time-out would hide it.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.clock = clock
    }

    /// Closes all connections. Requests under way fail, later ones too.
    public func shutDown() async throws { try await client.shutdown() }

    /// Sends one request and waits for the whole reply.
    ///
    /// - Throws: ``HTTPTransportError`` when no whole reply came; it names the host and nothing else of the request.
    ///   `CancellationError` as soon as the task is cancelled; the connection is given up.
    /// - Complexity: Holds the reply in memory, at most `maxReplyBytes`.
    public func exchange(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeReply {
        try await attempt(request) { response, _ in
            let body = try await response.body.collect(upTo: request.maxReplyBytes)
            return HTTPExchangeReply(
                status: Int(response.status.code), headers: response.headers.map { HTTPHeader($0.name, $0.value) },
                body: Array(body.readableBytesView))
        }
    }

    /// Sends one request and waits for the begin of the reply.
    ///
    /// - Throws: As ``exchange(_:)``.
    /// - Complexity: Holds some 64 KiB of the body that nobody has read yet; then the other server waits.
    public func open(_ request: HTTPExchangeRequest) async throws -> any HTTPReplyStream {
        try await attempt(request) { AsyncHTTPReplyStream($0, to: $1, request) }
    }

    /// Sends the request and makes something of the reply, all within the time-out.
    private func attempt<Value: Sendable>(
        _ request: HTTPExchangeRequest,
        _ read: @escaping @Sendable (HTTPClientResponse, HTTPAddress) async throws -> Value
    ) async throws -> Value {
        guard let address = HTTPAddress(request.url) else { throw HTTPTransportError.unreadableURL }
        guard Self.isSendable(request) else {
            throw HTTPTransportError(
                .broken, "the request to '\(address)' has a method or header with characters that HTTP does not allow")
        }
        try Task.checkCancellation()
        // The client's own deadline ends with the reply's head; a body that trickles in must end too.
        let outcome = await withTaskGroup(of: Result<Value, any Error>?.self) { group in
            group.addTask {
                do {
                    return .success(try await read(try await self.send(request, to: address), address))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                try? await self.clock.sleep(for: request.timeout)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        if Task.isCancelled { throw CancellationError() }
        switch outcome {
        case .success(let value): return value
        case .failure(let error): throw HTTPTransportError(error, address, request)
        case nil: throw HTTPTransportError.timeout(address, request)
        }
    }

    private func send(_ request: HTTPExchangeRequest, to address: HTTPAddress) async throws -> HTTPClientResponse {
        var outgoing = HTTPClientRequest(url: address.url)
        outgoing.method = HTTPMethod(rawValue: request.method)
        for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
        if !request.body.isEmpty { outgoing.body = .bytes(request.body) }
        // Beyond our own time-out, so that ours decides; and never so large that adding it to now overflows.
        let limit = TimeAmount(min(max(request.timeout, .zero), .seconds(86400)) + .seconds(5))
        return try await client.execute(outgoing, timeout: limit)
    }

    /// Whether method and headers can be written without changing what the other server reads.
    private static func isSendable(_ request: HTTPExchangeRequest) -> Bool {
        isToken(request.method)
            && request.headers.allSatisfy { header in
                isToken(header.name) && header.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            }
    }

    /// A token of RFC 9110, section 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}
