import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import ParlantCore

extension HTTPTransportError {
    /// Says in our words why no reply came. Names the host and nothing else of the request.
    init(_ error: any Error, _ address: HTTPAddress, _ request: HTTPExchangeRequest) {
        switch error {
        case is NIOTooManyBytesError:
            self.init(.tooLarge, "the reply of '\(address)' exceeds \(request.maxReplyBytes) bytes")
        case let error as NIOConnectionError: self.init(error, address, request)
        case let error as IOError where Self.refusals.contains(error.errnoCode):
            self.init(.refused, "'\(address)' refuses the connection")
        case ChannelError.connectTimeout: self = .timeout(address, request)
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            self.init(.tls, "no secure connection to '\(address)': the certificate or protocol was refused")
        case let error as HTTPClientError: self.init(error, address, request)
        default: self.init(.broken, "the connection to '\(address)' broke")
        }
    }

    /// No whole reply within the request's time-out.
    static func timeout(_ address: HTTPAddress, _ request: HTTPExchangeRequest) -> HTTPTransportError {
        HTTPTransportError(.timeout, "no reply from '\(address)' within \(request.timeout.inSeconds)")
    }

    /// The host said no, or there is no way to it.
    private static let refusals: Set<CInt> = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL]

    private init(_ error: NIOConnectionError, _ address: HTTPAddress, _ request: HTTPExchangeRequest) {
        if error.connectionErrors.isEmpty {
            self.init(.dns, "the host name of '\(address)' cannot be resolved")
        } else if error.connectionErrors.contains(where: Self.isTimeout) {
            self = .timeout(address, request)
        } else {
            self.init(.refused, "'\(address)' refuses the connection")
        }
    }

    private static func isTimeout(_ failure: SingleConnectionFailure) -> Bool {
        if case ChannelError.connectTimeout = failure.error { true } else { false }
    }

    private init(_ error: HTTPClientError, _ address: HTTPAddress, _ request: HTTPExchangeRequest) {
        switch error {
        case .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout:
            self = .timeout(address, request)
        case .tlsHandshakeTimeout:
            self.init(.tls, "no secure connection to '\(address)': the handshake took too long")
        case .invalidURL, .emptyHost, .emptyScheme: self = .unreadableURL
        default: self.init(.broken, "the connection to '\(address)' broke")
        }
    }
}

extension Duration {
    /// For people: `10 s`, `0.5 s`.
    fileprivate var inSeconds: String {
        let seconds = self / .seconds(1)
        return Int(exactly: seconds).map { "\($0) s" } ?? "\(seconds) s"
    }
}
