import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ParlantCore

/// The body of a reply as the client receives it, with its back-pressure.
actor AsyncHTTPReplyStream: HTTPReplyStream {
    nonisolated let status: Int
    nonisolated let headers: [HTTPHeader]
    private let address: HTTPAddress
    private let request: HTTPExchangeRequest
    /// Nil while somebody reads, and after the end. Letting go of it gives the connection up.
    private var iterator: HTTPClientResponse.Body.AsyncIterator?
    private var isClosed = false

    init(_ response: HTTPClientResponse, to address: HTTPAddress, _ request: HTTPExchangeRequest) {
        status = Int(response.status.code)
        headers = response.headers.map { HTTPHeader($0.name, $0.value) }
        self.address = address
        self.request = request
        iterator = response.body.makeAsyncIterator()
    }

    func next() async throws -> [UInt8]? {
        guard var iterator else { return nil }
        self.iterator = nil
        do {
            let buffer = try await iterator.next(isolation: self)
            if Task.isCancelled { throw CancellationError() }
            guard let buffer else { return nil }
            if !isClosed { self.iterator = iterator }
            return Array(buffer.readableBytesView)
        } catch {
            if error is CancellationError || Task.isCancelled { throw CancellationError() }
            throw HTTPTransportError(error, address, request)
        }
    }

    func close() {
        isClosed = true
        iterator = nil
    }
}
