import ParlantCore
import Synchronization
import Testing

@testable import ParlantScripting

/// A reply that a test hands out piece by piece.
final class FakeStream: HTTPReplyStream {
    private struct State {
        var pieces: [Result<[UInt8], HTTPTransportError>]
        var reads = 0
        var isClosed = false
    }

    let status: Int
    let headers: [HTTPHeader]
    private let state: Mutex<State>
    /// Whether the stream is silent after the last piece, instead of ending.
    private let endsInSilence: Bool
    private let clock: TestClock?

    init(
        _ pieces: [Result<[UInt8], HTTPTransportError>], status: Int = 200, headers: [HTTPHeader] = [],
        thenSilence clock: TestClock? = nil
    ) {
        self.status = status
        self.headers = [HTTPHeader("Content-Type", "application/x-ndjson")] + headers
        state = Mutex(State(pieces: pieces))
        endsInSilence = clock != nil
        self.clock = clock
    }

    convenience init(_ texts: String...) { self.init(texts.map { .success(Array($0.utf8)) }) }

    var reads: Int { state.withLock { $0.reads } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func next() async throws -> [UInt8]? {
        let piece = state.withLock { state -> Result<[UInt8], HTTPTransportError>? in
            state.reads += 1
            return state.pieces.isEmpty ? nil : state.pieces.removeFirst()
        }
        if piece == nil, let clock { try await clock.sleep(for: .seconds(1_000_000)) }
        return try piece?.get()
    }

    func close() async { state.withLock { $0.isClosed = true } }
}

/// Opens one prepared stream.
final class StreamTransport: HTTPTransport {
    let stream: FakeStream
    private let requests = Mutex<[HTTPExchangeRequest]>([])

    init(_ stream: FakeStream) { self.stream = stream }

    var opened: [HTTPExchangeRequest] { requests.withLock { $0 } }

    func exchange(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeReply {
        throw HTTPTransportError(.refused, "streams only")
    }

    func open(_ request: HTTPExchangeRequest) async throws -> any HTTPReplyStream {
        requests.withLock { $0.append(request) }
        return stream
    }
}

@Suite("ctx.http:stream")
struct StreamTests {
    private func caller(_ stream: FakeStream, clock: any TimeSource = SystemTimeSource(), run body: String) async throws
        -> (Caller, StreamTransport)
    {
        let http = StreamTransport(stream)
        return (try await Loader(http: http, clock: clock).caller(run: body), http)
    }

    @Test("gives lines as they come, whatever the pieces are, and closes the stream with the call")
    func lines() async throws {
        let (caller, http) = try await caller(
            FakeStream("one\r\ntw", "o\n", "\nlast"),
            run: """
                local stream = ctx.http:stream("POST", "https://api.test/", { json = { stream = true }, timeout = 3 })
                local lines = {}
                for line in stream do lines[#lines + 1] = line end
                return { stream.status, stream.headers["content-type"], lines }
                """)
        #expect(try await caller.data() == [200, "application/x-ndjson", ["one", "two", "", "last"]])
        #expect(http.opened.map(\.method) == ["POST"] && http.opened[0].body == Array("{\"stream\":true}".utf8))
        #expect(http.stream.isClosed)
    }

    @Test("gives JSON lines and chunks; characters are never cut")
    func units() async throws {
        let (json, _) = try await caller(
            FakeStream("{\"n\":1}\n\n{\"n\"", ":2}\nnull\n"),
            run: """
                local all = {}
                for value in ctx.http:stream("GET", "https://api.test/"):json_lines() do all[#all + 1] = value end
                return all
                """)
        #expect(try await json.data() == [["n": 1], ["n": 2], .null])
        let bytes = Array("aé€🙂z".utf8)
        let (chunks, _) = try await caller(
            FakeStream(bytes.map { .success([$0]) }),
            run: """
                local all = {}
                for chunk in ctx.http:stream("GET", "https://api.test/"):chunks() do all[#all + 1] = chunk end
                return all
                """)
        #expect(try await chunks.data() == ["a", "é", "€", "🙂", "z"])
    }

    @Test("reads no more than the script asks for")
    func backPressure() async throws {
        let pieces = (0..<100).map { "line \($0)\n" }
        let stream = FakeStream(pieces.map { .success(Array($0.utf8)) })
        let (caller, _) = try await caller(
            stream,
            run: """
                local read = ctx.http:stream("GET", "https://api.test/"):lines()
                return { read(), read() }
                """)
        #expect(try await caller.data() == ["line 0", "line 1"])
        #expect(stream.reads == 2 && stream.isClosed)
    }

    @Test(
        "what goes wrong raises, because a loop that just ended would pass for the whole",
        arguments: [
            (
                "for _ in ctx.http:stream(\"GET\", \"https://api.test/\"):json_lines() do end",
                "ctx.http:stream: a line is no JSON: "
            ),
            (
                "local s = ctx.http:stream(\"GET\", \"https://api.test/\") for _ in s:lines() do break end for _ in s:chunks() do end",
                "ctx.http:stream: this stream is read by lines already"
            ),
            (
                "ctx.http:stream(\"https://api.test/\")",
                "ctx.http:stream: expected a method, such as \"POST\", then the URL"
            ),
            (
                "ctx.http:stream(\"GET\", \"https://api.test/\", { jsn = 1 })",
                "ctx.http:stream: unknown option 'jsn' (did you mean 'json'?)"
            ),
            (
                "for _ in ctx.http:stream(\"GET\", \"https://api.test/\"):chunks() do end",
                "ctx.http:stream: the connection to 'api.test' broke"
            ),
        ])
    func failures(body: String, text: String) async throws {
        let stream = FakeStream([
            .success(Array("no json\n".utf8)),
            .failure(HTTPTransportError(.broken, "the connection to 'api.test' broke")),
        ])
        let (caller, _) = try await caller(stream, run: body)
        guard case .defect(let defect) = try await caller.run() else {
            Issue.record("no defect")
            return
        }
        #expect(defect.hasPrefix("agents/x.lua:6: \(text)"), "\(defect)")
    }

    @Test("silence longer than the timeout is an error, on the server's clock")
    func silence() async throws {
        let clock = TestClock()
        let (caller, http) = try await caller(
            FakeStream([.success(Array("one\n".utf8))], thenSilence: clock), clock: clock,
            run: "for _ in ctx.http:stream(\"GET\", \"https://api.test/\", { timeout = 2 }) do end")
        async let outcome = caller.run()
        // The stream itself, its silence, and the deadline of the call.
        try await clock.waitForSleepers(3)
        clock.advance(by: .seconds(2))
        #expect(try await outcome == .defect("agents/x.lua:6: ctx.http:stream: nothing came for 2 s"))
        #expect(http.stream.isClosed && clock.sleeperCount == 0)
    }

    @Test("a call that is cancelled closes its stream")
    func cancellation() async throws {
        let clock = TestClock()
        let (caller, http) = try await caller(
            FakeStream([], thenSilence: clock), clock: clock,
            run: "for _ in ctx.http:stream(\"GET\", \"https://api.test/\") do end")
        let task = Task { try await caller.run() }
        try await clock.waitForSleepers(3)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(http.stream.isClosed && clock.sleeperCount == 0)
    }

    @Test("requests have a limit per call and, while they are under way, per bundle")
    func limits() async throws {
        var limits = ScriptLimits()
        limits.requestsPerCall = 3
        let http = FakeTransport(.success(HTTPExchangeReply(status: 200)))
        let caller = try await Loader(http: http, limits: limits).caller(
            run: "for _ = 1, 4 do ctx.http:get(\"https://api.test/\") end")
        for _ in 0..<2 {
            #expect(
                try await caller.run()
                    == .defect(
                        "agents/x.lua:6: ctx.http:get: one call may send 3 requests, and these are sent"))
        }
        #expect(http.requests.count == 6)

        limits.concurrentRequests = 1
        let stream = StreamTransport(FakeStream("x"))
        let streaming = try await Loader(http: stream, limits: limits).caller(
            run: """
                local s = ctx.http:stream("GET", "https://api.test/")
                local ok, err = pcall(ctx.http.get, ctx.http, "https://api.test/")
                s:close()
                local _, refused = ctx.http:get("https://api.test/")
                return { ok, err, refused.kind }
                """)
        let text = "agents/x.lua:7: ctx.http:get: 1 requests of this bundle are under way, which is the limit"
        #expect(try await streaming.data() == [false, .string(text), "refused"])
    }
}
