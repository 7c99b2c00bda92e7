import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on 127.0.0.1 that answers raw bytes with raw bytes, so that it can misbehave in every way.
final class LoopbackServer: Sendable {
    /// What a connection does when it has a request.
    enum Behaviour: Sendable {
        case reply(String)
        case replyAndClose(String)
        case close
        /// Sends this, then nothing more.
        case hang(String)
        /// Sends this at the first bytes, whatever they are, and closes.
        case babble(String)
    }

    private struct State {
        var received: [String] = []
        var closed = 0
        var observers: [(received: Int, closed: Int, continuation: CheckedContinuation<Void, Never>)] = []

        mutating func satisfied() -> [CheckedContinuation<Void, Never>] {
            func holds(_ received: Int, _ closed: Int) -> Bool {
                self.received.count >= received && self.closed >= closed
            }
            let satisfied = observers.filter { holds($0.received, $0.closed) }.map(\.continuation)
            observers.removeAll { holds($0.received, $0.closed) }
            return satisfied
        }
    }

    private let channel: any Channel
    private let state: Shared

    /// State of all connections.
    private final class Shared: Sendable {
        let state = Mutex(State())

        func change(_ body: (inout State) -> Void) {
            let satisfied = state.withLock { state in
                body(&state)
                return state.satisfied()
            }
            for continuation in satisfied { continuation.resume() }
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let behaviour: Behaviour
        private let shared: Shared
        private var text = ""

        init(_ behaviour: Behaviour, _ shared: Shared) {
            self.behaviour = behaviour
            self.shared = shared
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            if case .babble(let bytes) = behaviour {
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: bytes)), promise: nil)
                context.close(promise: nil)
                return
            }
            guard isWhole else { return }
            let request = text
            text = ""
            shared.change { $0.received.append(request) }
            switch behaviour {
            case .reply(let bytes), .hang(let bytes), .replyAndClose(let bytes):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: bytes)), promise: nil)
            case .close, .babble: break
            }
            switch behaviour {
            case .replyAndClose, .close: context.close(promise: nil)
            case .reply, .hang, .babble: break
            }
        }

        /// The head is there, and as much of the body as it says: they may come one after the other.
        private var isWhole: Bool {
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return false }
            let field = "content-length:"
            let line = parts[0].lowercased().split(separator: "\r\n").first { $0.hasPrefix(field) }
            let length = line.flatMap { Int($0.dropFirst(field.count).drop { $0 == " " }) } ?? 0
            return parts[1].utf8.count >= length
        }

        func channelInactive(context: ChannelHandlerContext) { shared.change { $0.closed += 1 } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private init(_ channel: any Channel, _ state: Shared) {
        self.channel = channel
        self.state = state
    }

    /// Starts a server; with `tls`, its certificate is one that nobody trusts.
    static func start(_ behaviour: Behaviour, tls: Bool = false) async throws -> LoopbackServer {
        let shared = Shared()
        let context = tls ? try NIOSSLContext(configuration: TestCertificate.configuration()) : nil
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(Handler(behaviour, shared))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return LoopbackServer(channel, shared)
    }

    /// Runs a body with a server and stops it afterwards.
    static func with(
        _ behaviour: Behaviour, tls: Bool = false, _ body: (LoopbackServer) async throws -> Void
    ) async throws {
        let server = try await start(behaviour, tls: tls)
        do { try await body(server) } catch {
            try? await server.channel.close()
            throw error
        }
        try await server.channel.close()
    }

    var port: Int { channel.localAddress?.port ?? 0 }
    var url: String { "http://127.0.0.1:\(port)" }
    /// Requests so far, as bytes.
    var received: [String] { state.state.withLock { $0.received } }

    /// Returns when this many requests came and this many connections were closed.
    func wait(received: Int = 0, closed: Int = 0) async {
        await withCheckedContinuation { continuation in
            state.change { $0.observers.append((received, closed, continuation)) }
        }
    }
}

/// A self-signed certificate for localhost. The key is made for these tests and trusted by nobody.
enum TestCertificate {
    static func configuration() throws -> TLSConfiguration {
        let certificate = try NIOSSLCertificate(bytes: Array(certificate.utf8), format: .pem)
        let key = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
        return .makeServerConfiguration(certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
    }

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgDcxwkg2ZuQHeahKH
        I5+shjKmtD/4224s45/1QiQiFu2hRANCAAQ6VP7maqxK9bv5sSEVsGEQjzJgwwBr
        i81Pv09al8qeJyxQ1zbGdm9nLdsX0WYay2T9E19BoQJ1nNJvjMd8sIo1
        -----END PRIVATE KEY-----
        """

    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBmzCCAUGgAwIBAgIUXdzFrGYB1v/I6VPsGp2qCOj5SvgwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTExMzIzMVoYDzIxMjYxMDI4
        MTEzMjMxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQ6VP7maqxK9bv5sSEVsGEQjzJgwwBri81Pv09al8qeJyxQ1zbGdm9n
        LdsX0WYay2T9E19BoQJ1nNJvjMd8sIo1o28wbTAdBgNVHQ4EFgQUm+8vzkgfyvlA
        BnYkdwvugKpKF0YwHwYDVR0jBBgwFoAUm+8vzkgfyvlABnYkdwvugKpKF0YwDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
        zj0EAwIDSAAwRQIhALivdrgYWLN02Evr6ds79KcV32yCCICgQO6fwbE7yz2mAiA3
        PSuK2F3emfyg0OXb3GYtUnUJ8oLE60BkfQX0RR0s4A==
        -----END CERTIFICATE-----
        """
}
