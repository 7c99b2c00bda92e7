import Hummingbird
import Logging
import NIOCore
import ParlantCore
import ParlantEngine

/// Sends events as server-sent events: for each a line `data: <JSON>` and an empty line, nothing else.
///
/// A stream holds no queue: it reads the log where it left off as soon as the client has taken what was sent before. It
/// ends when nothing has come for a while, when the session is deleted, when the client goes and when the server shuts
/// down; whoever reconnects at the last offset plus one misses nothing and sees nothing twice.
struct EventStreaming: Sendable {
    /// Events that are read from the log at a time.
    private static let batch = 64
    /// Bytes that are gathered before they are sent.
    private static let chunk = 64 * 1024

    private let engine: EventEngine
    private let encoder: EventEncoder
    private let logger: Logger

    init(_ services: APIServices, _ encoder: EventEncoder) {
        engine = services.engine
        logger = services.logger
        self.encoder = encoder
    }

    /// All events that match: those that are there, then those that come, until none has come for `idle`.
    ///
    /// - Throws: What refuses the stream, before it begins.
    func list(_ session: SessionID, _ query: EventQuery, idle: Duration, _ call: Call) async throws -> Reply {
        var query = query
        query.limit = Self.batch
        let reader = try await engine.reader(of: session, matching: query)
        return .eventStream { [self] writer in
            try await send(from: session, call, end: { reader.interrupt() }, to: &writer) {
                (try await reader.next(within: idle), isLast: false)
            }
        }
    }

    /// One event, again each time it has grown, until it is complete or has not grown for `idle`.
    ///
    /// - Throws: What refuses the stream, before it begins.
    func one(_ event: EventID, of session: SessionID, idle: Duration, _ call: Call) async throws -> Reply {
        let watch = try await engine.watch(event, of: session)
        return .eventStream { [self] writer in
            try await send(from: session, call, end: { watch.interrupt() }, to: &writer) {
                let event = try await watch.next(within: idle)
                return (event.map { [$0] }, isLast: event.map { !EventData.isIncomplete($0.data) } ?? true)
            }
        }
    }

    private func send(
        from session: SessionID, _ call: Call, end: @escaping @Sendable () -> Void,
        to writer: inout any ResponseBodyWriter,
        _ next: @Sendable () async throws -> (events: [Event]?, isLast: Bool)
    ) async throws {
        let presence = call.presence
        presence.whenGone(end)
        defer { presence.forget() }
        while let (events, isLast) = await read(next), let events {
            try await write(events, of: session, call, to: &writer)
            if isLast { break }
        }
        try await writer.finish(nil)
    }

    /// What comes next; nil when the stream ends. An error has no place in a stream: its client asks again and is told.
    private func read(
        _ next: @Sendable () async throws -> (events: [Event]?, isLast: Bool)
    ) async -> (events: [Event]?, isLast: Bool)? {
        do {
            return try await next()
        } catch {
            let isExpected =
                error is CancellationError || error is EngineError || (error as? StoreError)?.code == .notFound
            if !isExpected { logger.error("an event stream broke off", metadata: ["error": "\(error)"]) }
            return nil
        }
    }

    /// Encodes one chunk after the other, each when the client has taken the one before: whoever does not read keeps one.
    private func write(
        _ events: [Event], of session: SessionID, _ call: Call, to writer: inout any ResponseBodyWriter
    ) async throws {
        var chunk = ByteBuffer()
        for event in events {
            chunk.writeStaticString("data: ")
            chunk.writeBytes(encoder.one(event, of: session))
            chunk.writeStaticString("\n\n")
            guard chunk.readableBytes >= Self.chunk else { continue }
            try await writer.write(chunk, closingAtShutdown: call.channel)
            chunk = ByteBuffer()
        }
        if chunk.readableBytes > 0 { try await writer.write(chunk, closingAtShutdown: call.channel) }
    }
}
