import NIOCore
import NIOPosix
import Synchronization

/// A connection to a server, with requests and responses as text.
final class RawClient: Sendable {
    /// What was expected did not come.
    struct Silence: Error {
        let received: String
    }

    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let text = Mutex("")
        let isClosed = Mutex(false)

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let part = String(buffer: unwrapInboundIn(data))
            text.withLock { $0 += part }
        }

        func channelInactive(context: ChannelHandlerContext) { isClosed.withLock { $0 = true } }
    }

    private let channel: any Channel
    private let collector = Collector()

    init(port: Int) async throws {
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: false)
            .channelInitializer { [collector] channel in channel.pipeline.addHandler(collector) }
            .connect(host: "127.0.0.1", port: port).get()
    }

    /// Whether the server has closed the connection.
    var isClosed: Bool { collector.isClosed.withLock { $0 } }

    func send(_ method: String, _ path: String, _ body: String = "", headers: [String] = []) async throws {
        var lines = ["\(method) \(path) HTTP/1.1", "host: test"] + headers
        if !body.isEmpty { lines += ["content-type: application/json", "content-length: \(body.utf8.count)"] }
        try await send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)) }

    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    /// Takes the next response: its head and a body of the length that the head names.
    func response() async throws -> String {
        try await eventually("a response") { [collector] in
            collector.text.withLock { text -> String? in
                guard let end = text.firstRange(of: "\r\n\r\n"), let length = Self.length(text[..<end.lowerBound])
                else {
                    return nil
                }
                let body = text[end.upperBound...]
                guard body.utf8.count >= length else { return nil }
                let stop = body.utf8.index(body.startIndex, offsetBy: length)
                let response = String(text[..<stop])
                text = String(text[stop...])
                return response
            }
        }
    }

    /// Everything that has come and was not taken yet, as soon as `isEnough` says so; takes it.
    func text(until isEnough: @Sendable (String) -> Bool) async throws -> String {
        try await eventually("enough text") { [collector] in
            collector.text.withLock { text -> String? in
                guard isEnough(text) else { return nil }
                defer { text = "" }
                return text
            }
        }
    }

    /// Stops reading, so that the server's writes pile up.
    func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

    private static func length(_ head: Substring) -> Int? {
        if head.contains(" 204 ") { return 0 }
        let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        return line.flatMap { Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) }
    }

    func close() async throws { try await channel.close() }

    /// Says that nothing more will be sent, and stays to listen.
    func finishSending() async throws { try await channel.close(mode: .output) }
}

/// Waits up to half a minute (on a busy machine more) for something that other tasks bring about.
func eventually<Value>(_ what: String, _ body: () throws -> Value?) async throws -> Value {
    for _ in 0..<30_000 {
        if let value = try body() { return value }
        try await Task.sleep(for: .milliseconds(1))
    }
    throw RawClient.Silence(received: what)
}
