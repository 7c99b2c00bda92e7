import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantNLP

/// What a provider does wrong, and what comes of it when it goes on like that.
private struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let step: @Sendable (ServedDialect) -> ScriptedTransport.Step
    let code: NLPError.Code

    init(_ name: String, _ code: NLPError.Code, _ step: @escaping @Sendable (ServedDialect) -> ScriptedTransport.Step) {
        testDescription = name
        self.step = step
        self.code = code
    }

    static let all = [
        Fault("429 with retry-after", .rateLimited) { _ in .reply(429, "{}", [HTTPHeader("retry-after", "2")]) },
        Fault("429 without", .rateLimited) { _ in .reply(429, "{}") },
        Fault("500", .unavailable) { _ in .reply(500, "<html>oops</html>") },
        Fault("529", .unavailable) { _ in .reply(529, "{\"error\": {\"type\": \"overloaded_error\"}}") },
        Fault("a reply that is no JSON", .malformed) { _ in .reply(200, "{\"choices\": [{\"mess") },
        Fault("an answer that is no JSON", .malformed) { .reply(200, $0.answer(text: "{\"applies\": tr")) },
        Fault("half a body", .unavailable) {
            .stream([.text(String($0.answer(["applies": true]).prefix(30))), .broken])
        },
        Fault("a wrong schema", .malformed) { .reply(200, $0.answer(["applies": "perhaps"])) },
        Fault("an empty answer", .malformed) { .reply(200, $0.answer(text: " ")) },
        Fault("no answer at all", .malformed) { _ in .reply(200, "{}") },
    ]
}

@Suite("A provider's fault")
struct ProviderFaultTests {
    @Test("that passes is not noticed", arguments: ServedDialect.allCases, Fault.all)
    fileprivate func passes(_ dialect: ServedDialect, _ fault: Fault) async throws {
        let bench = try DialectBench(dialect, [fault.step(dialect), .reply(200, dialect.answer(["applies": true]))])
        let generation = try await bench.generate()
        #expect(generation.content == ["applies": true])
        #expect(generation.attempts == 2)
        #expect(generation.model == "m1")
    }

    @Test(
        "that stays ends with an error, and the next question is answered", arguments: ServedDialect.allCases, Fault.all
    )
    fileprivate func stays(_ dialect: ServedDialect, _ fault: Fault) async throws {
        let good = ScriptedTransport.Step.reply(200, dialect.answer(["applies": true]))
        let bench = try DialectBench(dialect, Array(repeating: fault.step(dialect), count: 3) + [good])
        let error = await #expect(throws: NLPError.self) { try await bench.generate() }
        #expect(error?.code == fault.code)
        #expect(error?.attempts == 3)
        #expect(try await bench.generate().content == ["applies": true])
    }

    @Test("of silence ends with the time limit, and the next question is answered", arguments: ServedDialect.allCases)
    func silence(_ dialect: ServedDialect) async throws {
        // The transport cuts an exchange that hangs; here it says so at once.
        let bench = try DialectBench(
            dialect,
            [
                .failure(.timeout), .failure(.timeout), .failure(.timeout),
                .reply(200, dialect.answer(["applies": true])),
            ])
        let error = await #expect(throws: NLPError.self) { try await bench.generate(timeLimit: .seconds(5)) }
        #expect(error?.code == .timedOut)
        #expect(bench.transport.requests.map(\.timeout) == [.seconds(5), .milliseconds(4500), .milliseconds(3500)])
        #expect(try await bench.generate().content == ["applies": true])
    }
}

@Suite("A stream of text")
struct ChatStreamTests {
    @Test("is handed over in pieces, and counted", arguments: ServedDialect.allCases)
    func pieces(_ dialect: ServedDialect) async throws {
        let bench = try DialectBench(dialect, [.stream(dialect.stream)], clock: ManualClock())
        let shelf = PieceShelf()
        let generation = try await bench.stream(to: shelf, size: .mini)
        #expect(await shelf.pieces == ["Hello, ", "Ann. ☺"])
        #expect(generation.content == "Hello, Ann. ☺")
        #expect(generation.usage == TokenUsage(input: 7, output: 3))
        #expect(generation.model == "s1")
        #expect(generation.attempts == 1)
        #expect(bench.transport.bodies[0]["stream"] == true)
        #expect(!bench.transport.requests[0].body.contains(Array("schema".utf8)))
    }

    @Test("may be cut into bytes anywhere", arguments: ServedDialect.allCases)
    func bytes(_ dialect: ServedDialect) async throws {
        let whole = dialect.stream.map { piece in if case .text(let text) = piece { text } else { "" } }.joined()
        // Unicode scalars of more than one byte stay whole here; the splitter's own tests cut those.
        let pieces = whole.unicodeScalars.map { ScriptedStream.Piece.text(String($0)) }
        let bench = try DialectBench(dialect, [.stream(pieces)], clock: ManualClock())
        let shelf = PieceShelf()
        _ = try await bench.stream(to: shelf)
        #expect(await shelf.pieces == ["Hello, ", "Ann. ☺"])
    }

    @Test("that breaks before the first piece is asked for again", arguments: ServedDialect.allCases)
    func brokenEarly(_ dialect: ServedDialect) async throws {
        let faults: [[ScriptedStream.Piece]] = [
            [.text(dialect.streamBegin), .broken], [.text(dialect.streamBegin)], [.text(dialect.streamError)],
            [.text(dialect.streamBegin), .text(dialect.streamEnd)],
        ]
        for fault in faults {
            let bench = try DialectBench(dialect, [.stream(fault), .stream(dialect.stream)], clock: SkippingClock())
            let shelf = PieceShelf()
            let generation = try await bench.stream(to: shelf)
            #expect(await shelf.pieces == ["Hello, ", "Ann. ☺"])
            #expect(generation.attempts == 2)
        }
    }

    @Test("that breaks after the first piece is never repeated", arguments: ServedDialect.allCases)
    func brokenLate(_ dialect: ServedDialect) async throws {
        let begin = dialect.streamBegin + dialect.piece("Hello, ")
        for fault in [[.text(begin), .broken], [.text(begin)], [.text(begin + dialect.streamError)]]
            as [[ScriptedStream.Piece]]
        {
            let bench = try DialectBench(dialect, [.stream(fault), .stream(dialect.stream)], clock: SkippingClock())
            let shelf = PieceShelf()
            let error = await #expect(throws: NLPError.self) { try await bench.stream(to: shelf) }
            #expect(error?.code == .unavailable)
            #expect(await shelf.pieces == ["Hello, "])
            #expect(bench.transport.requests.count == 1)
            // The next one is not harmed.
            _ = try await bench.stream(to: shelf)
        }
    }

    @Test("that says nothing more ends with the time limit", arguments: ServedDialect.allCases)
    func silence(_ dialect: ServedDialect) async throws {
        let clock = ManualClock()
        let bench = try DialectBench(
            dialect, [.stream([.text(dialect.streamBegin + dialect.piece("Hello, ")), .silence])], clock: clock)
        let shelf = PieceShelf()
        let task = Task { try await bench.stream(to: shelf, timeLimit: .seconds(5)) }
        while await shelf.pieces.isEmpty || clock.nextDeadline == nil { await Task.yield() }
        clock.advance(by: .seconds(5))
        let error = await #expect(throws: NLPError.self) { try await task.value }
        #expect(error?.code == .timedOut)
        #expect(bench.transport.requests.count == 1)
    }

    @Test("is given up when its receiver has enough, with the receiver's error", arguments: ServedDialect.allCases)
    func enough(_ dialect: ServedDialect) async throws {
        struct Enough: Error {}
        let bench = try DialectBench(dialect, [.stream(dialect.stream)], clock: ManualClock())
        let request = GenerationRequest.text("reply", system: "", prompt: "Hello")
        await #expect(throws: Enough.self) {
            try await #require(bench.service.streamer).stream(request) { _ in throw Enough() }
        }
        #expect(bench.transport.requests.count == 1)
    }

    @Test("is given up when its task is cancelled", arguments: ServedDialect.allCases)
    func cancelled(_ dialect: ServedDialect) async throws {
        let bench = try DialectBench(
            dialect, [.stream([.text(dialect.streamBegin + dialect.piece("Hello, ")), .silence])], clock: ManualClock())
        let shelf = PieceShelf()
        let task = Task { try await bench.stream(to: shelf) }
        while await shelf.pieces.isEmpty { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("waits out refusals as an answer does", arguments: ServedDialect.allCases)
    func refusals(_ dialect: ServedDialect) async throws {
        let bench = try DialectBench(
            dialect, [.reply(429, "{}", [HTTPHeader("retry-after", "1")]), .reply(500, ""), .stream(dialect.stream)],
            clock: SkippingClock())
        let generation = try await bench.stream(to: PieceShelf())
        #expect(generation.attempts == 3)
    }

    @Test("from a server that cannot count is asked for without")
    func noUsage() async throws {
        let refusal = Replies.error("Unrecognized request argument: stream_options")
        let bench = try DialectBench(
            .openAI, [.reply(400, refusal), .stream(ServedDialect.openAI.stream)], clock: ManualClock())
        _ = try await bench.stream(to: PieceShelf())
        #expect(bench.transport.bodies.map { $0["stream_options"] != nil } == [true, false])
    }
}

extension [UInt8] {
    /// Whether these bytes stand anywhere in it.
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: part) }
    }
}
