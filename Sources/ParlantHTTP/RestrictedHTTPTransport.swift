import ParlantCore

/// Lets only requests to allowed servers pass. Tools get this one; the server's own requests do not need it.
public struct RestrictedHTTPTransport: HTTPTransport {
    private let transport: any HTTPTransport
    private let allowList: HTTPAllowList

    /// Guards `transport` with a list.
    public init(_ transport: any HTTPTransport, allowing allowList: HTTPAllowList) {
        self.transport = transport
        self.allowList = allowList
    }

    /// Sends the request if its server is on the list.
    ///
    /// - Throws: ``HTTPTransportError`` `invalidURL` or `notAllowed`, then nothing was sent; otherwise what the
    ///   transport throws.
    public func exchange(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeReply {
        try await transport.exchange(try checked(request))
    }

    /// Opens the request's reply if its server is on the list.
    ///
    /// - Throws: As ``exchange(_:)``.
    public func open(_ request: HTTPExchangeRequest) async throws -> any HTTPReplyStream {
        try await transport.open(try checked(request))
    }

    private func checked(_ request: HTTPExchangeRequest) throws -> HTTPExchangeRequest {
        guard let address = HTTPAddress(request.url) else { throw HTTPTransportError.unreadableURL }
        guard allowList.allows(address) else {
            throw HTTPTransportError(
                .notAllowed,
                "host '\(address)' is not on the allow list; start the server with --allow-http \(address)")
        }
        // What was checked is what is sent, in a form that leaves the next reader nothing to interpret.
        var checked = request
        checked.url = address.url
        return checked
    }
}

extension HTTPTransportError {
    static let unreadableURL = HTTPTransportError(
        .invalidURL, "the URL is not an absolute http or https URL with a plain host; write http://host:port/path")
}
