import LuaRuntime
import ParlantCore

/// One stream that a call of a script has opened.
actor HTTPStreamReader {
    private let stream: any HTTPReplyStream
    private let clock: any TimeSource
    /// Longest silence between two pieces.
    private let silence: Duration
    /// Bytes of the whole body.
    private let limit: Int
    /// Where its place among the bundle's requests is given back.
    private let gate: RequestGate?
    private var text = StreamText()
    private var received = 0
    private var isOver = false
    private var isReading = false

    init(
        _ stream: any HTTPReplyStream, clock: any TimeSource, silence: Duration, limit: Int, gate: RequestGate?
    ) {
        self.stream = stream
        self.clock = clock
        self.silence = silence
        self.limit = limit
        self.gate = gate
    }

    /// Waits for the next lines or chunks, at least one unless it is the end.
    ///
    /// - Throws: `HostError` when no whole body came: a loop that just ended would pass for the whole.
    func next(_ unit: StreamText.Unit) async throws -> (texts: [String], isOver: Bool) {
        guard !isReading else { throw HostError("ctx.http:stream: another function reads this stream already") }
        isReading = true
        defer { isReading = false }
        while !isOver {
            guard let bytes = try await piece() else {
                isOver = true
                return (text.finish().map { [$0] } ?? [], true)
            }
            received += bytes.count
            guard received <= limit else {
                await close()
                throw HostError("ctx.http:stream: the reply exceeds \(limit) bytes")
            }
            let texts = text.add(bytes, by: unit)
            if !texts.isEmpty { return (texts, false) }
        }
        return ([], true)
    }

    /// Gives the connection up.
    func close() async {
        guard !isClosed else { return }
        isClosed = true
        isOver = true
        gate?.leave()
        await stream.close()
    }

    private var isClosed = false

    private func piece() async throws -> [UInt8]? {
        do {
            return try await Deadline(silence, on: clock).run { [stream] in try await stream.next() }
        } catch is DeadlineError {
            await close()
            throw HostError("ctx.http:stream: nothing came for \(Wording.number(silence.seconds)) s")
        } catch let error as HTTPTransportError {
            await close()
            throw HostError("ctx.http:stream: \(error.message)")
        }
    }
}

extension Duration {
    /// In seconds, for texts.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
