/// A request to another server.
public struct HTTPExchangeRequest: Sendable, Equatable {
    public var method: String
    /// Absolute `http` or `https` URL.
    public var url: String
    /// Names in any case; order is kept.
    public var headers: [HTTPHeader]
    public var body: [UInt8]
    /// Longest time for the whole exchange.
    public var timeout: Duration
    /// Most bytes of the reply's body; a longer one fails as `tooLarge`.
    public var maxReplyBytes: Int

    public init(
        method: String, url: String, headers: [HTTPHeader] = [], body: [UInt8] = [], timeout: Duration = .seconds(10),
        maxReplyBytes: Int = 4 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maxReplyBytes = maxReplyBytes
    }
}

/// One header line.
public struct HTTPHeader: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The other server's reply, whatever its status.
public struct HTTPExchangeReply: Sendable, Equatable {
    public var status: Int
    public var headers: [HTTPHeader]
    public var body: [UInt8]

    public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of this name, in any case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// No reply came.
public struct HTTPTransportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Why. Raw values are those of the Lua surface (`err.kind`).
    public enum Kind: String, Sendable, CaseIterable {
        case timeout, refused, dns, tls
        case tooLarge = "too_large"
        case notAllowed = "not_allowed"
        case invalidURL = "invalid_url"
        case broken
    }

    public var kind: Kind
    /// One sentence that names the host but no query, header or body.
    public var message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}

/// Sends requests to other servers: for tools and for language-model providers. The only way out.
public protocol HTTPTransport: Sendable {
    /// Sends one request and waits for the whole reply.
    ///
    /// - Throws: ``HTTPTransportError`` when no reply came; `CancellationError` as soon as the task is cancelled,
    ///   and the connection is given up. Redirects are not followed.
    func exchange(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeReply
    /// Sends one request and waits for the begin of the reply; its body is then read piece by piece.
    ///
    /// The request's time-out ends with the begin of the reply, and ``HTTPExchangeRequest/maxReplyBytes`` is the
    /// reader's to count. Close the stream, read to the end or not.
    ///
    /// - Throws: As ``exchange(_:)``.
    func open(_ request: HTTPExchangeRequest) async throws -> any HTTPReplyStream
}
