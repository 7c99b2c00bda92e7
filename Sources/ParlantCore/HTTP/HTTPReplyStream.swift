/// A reply whose body arrives piece by piece, as fast as it is read: what nobody asks for stays with the other server.
public protocol HTTPReplyStream: AnyObject, Sendable {
    var status: Int { get }
    var headers: [HTTPHeader] { get }
    /// Waits for the next piece of the body; nil: it was the last. One reader at a time.
    ///
    /// - Throws: ``HTTPTransportError`` when the connection broke; `CancellationError` as soon as the task is cancelled.
    ///   After an error there is nothing more to read.
    func next() async throws -> [UInt8]?
    /// Gives the connection up, read to the end or not.
    func close() async
}

extension HTTPTransport {
    /// Reads the whole reply first, for transports that cannot stream.
    public func open(_ request: HTTPExchangeRequest) async throws -> any HTTPReplyStream {
        WholeReply(try await exchange(request))
    }
}

/// A reply that is there already, as one piece.
private actor WholeReply: HTTPReplyStream {
    nonisolated let status: Int
    nonisolated let headers: [HTTPHeader]
    private var body: [UInt8]?

    init(_ reply: HTTPExchangeReply) {
        status = reply.status
        headers = reply.headers
        body = reply.body.isEmpty ? nil : reply.body
    }

    func next() -> [UInt8]? {
        defer { body = nil }
        return body
    }

    func close() { body = nil }
}
