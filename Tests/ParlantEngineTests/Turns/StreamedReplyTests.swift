import ParlantCore
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Replies that are streamed by a model")
struct StreamedReplyTests {
    private static func streaming(_ snapshot: AgentSnapshot = .make()) -> AgentSnapshot {
        var snapshot = snapshot
        snapshot.agent.outputMode = .stream
        return snapshot
    }

    private func message(_ chat: Conversation, _ trace: TraceID = "t1") async throws -> Event? {
        try await chat.turn(trace).last { $0.kind == .message && $0.source == .aiAgent }
    }

    @Test("the model's pieces are the chunks, one message that begins with the first and ends with null")
    func pieces() async throws {
        let model = StreamingModel(["", " ", "It is", " here", ".\n\nThere", " too."])
        let chat = try await Conversation(Self.streaming(), nlp: model)
        try await chat.say("Where is it?", trace: "t1")
        let events = try await chat.turn("t1")
        #expect(
            events.map(\.brief).suffix(4)
                == ["typing", "<  It is here.\n\nThere too.", "ready", "ready completed"])
        #expect(
            try await message(chat)?.data["chunks"] == [" It is", " here", ".\n\nThere", " too.", .null])
        #expect(model.requests.withLock { $0 }.map(\.schemaName) == ["reply"])
        #expect(model.requests.withLock { $0 }.first?.schema == ["type": "string"])
    }

    @Test("the first piece is seen before the model has written the second")
    func early() async throws {
        let valve = Valve()
        let chat = try await Conversation(Self.streaming(), nlp: StreamingModel(["One", " two"], pause: valve))
        try await chat.say("Hi", trace: "t1")
        await valve.waitForArrivals(1)
        let query = EventQuery(kinds: [.message], source: .aiAgent)
        let first = try await chat.engine.events(of: chat.session, matching: query)
        #expect(first.map { $0.data["chunks"] } == [["One"]])
        valve.open()
        #expect(try await message(chat)?.data["chunks"] == ["One", " two", .null])
    }

    @Test("a stream that breaks keeps what was said, complete, and the turn ends in an error")
    func half() async throws {
        let model = StreamingModel(["One", " two"], failure: NLPError(.unavailable, "the stream broke; try again"))
        let chat = try await Conversation(Self.streaming(), nlp: model)
        try await chat.say("Hi", trace: "t1")
        let events = try await chat.turn("t1")
        #expect(events.map(\.brief).suffix(3) == ["< One two", "error", "ready completed"])
        #expect(events.suffix(2).first?.data["data"] == ["exception": "the stream broke; try again"])
        #expect(try await message(chat)?.data["chunks"] == ["One", " two", .null])
        model.failure.withLock { $0 = nil }
        #expect(try await chat.ask("Again", trace: "t2") == "One two")
    }

    @Test("a stream that breaks before its first word says nothing; an empty one is an error")
    func nothing() async throws {
        let broken = StreamingModel([" "], failure: NLPError(.timedOut, "no answer in time"))
        let chat = try await Conversation(Self.streaming(), nlp: broken)
        try await chat.say("Hi", trace: "t1")
        #expect(try await chat.turn("t1").map(\.brief).suffix(3) == ["typing", "error", "ready completed"])
        let empty = try await Conversation(Self.streaming(), nlp: StreamingModel([" ", "\n"]))
        try await empty.say("Hi", trace: "t1")
        #expect(try await empty.turn("t1").map(\.brief).suffix(3) == ["typing", "error", "ready completed"])
    }

    @Test("a newer message cancels the turn until the first piece, and waits after it")
    func latch() async throws {
        let before = Valve()
        let early = try await Conversation(Self.streaming(), nlp: StreamingModel(["Both."], begin: before))
        try await early.say("one", trace: "t1")
        await before.waitForArrivals(1)
        try await early.say("two", trace: "t2")
        before.open()
        #expect(try await message(early, "t2")?.data["message"] == "Both.")
        #expect(try await message(early, "t1") == nil)

        let within = Valve()
        let late = try await Conversation(Self.streaming(), nlp: StreamingModel(["One", " two"], pause: within))
        try await late.say("one", trace: "t1")
        await within.waitForArrivals(1)
        try await late.say("two", trace: "t2")
        within.open()
        #expect(try await message(late, "t1")?.data["chunks"] == ["One", " two", .null])
        #expect(try await message(late, "t2")?.data["chunks"] == ["One", " two", .null])
    }

    @Test("a session that is deleted in mid-stream gives the request up")
    func deleted() async throws {
        let valve = Valve()
        let model = StreamingModel(["One", " two"], pause: valve)
        let chat = try await Conversation(Self.streaming(), nlp: model)
        try await chat.say("Hi", trace: "t1")
        await valve.waitForArrivals(1)
        try await chat.engine.deleteSession(chat.session)
        await chat.engine.drain()
        #expect(chat.engine.runningTurns == 0)
    }

    @Test(
        "only free text is streamed: canned responses come as they are, and a model that cannot stream is asked for all",
        arguments: [CompositionMode.strict, .composited])
    func otherModes(mode: CompositionMode) async throws {
        let model = StreamingModel(["never"])
        let snapshot = Self.streaming(
            .make(responses: [try .make("r", "Canned text.")], agentResponses: ["r"], mode: mode))
        let chat = try await Conversation(snapshot, nlp: model)
        #expect(try await chat.ask("Hi", trace: "t1") == (mode == .strict ? "Canned text." : "Whole."))
        let chunks = try await message(chat)?.data["chunks"]?.array
        #expect(chunks?.last == .null)
    }
}

/// Writes fixed pieces; with a valve before the first, or after it.
private final class StreamingModel: NLPService, TextStreamer, SchematicGenerator {
    let requests = Mutex<[GenerationRequest]>([])
    let failure: Mutex<NLPError?>
    private let pieces: [String]
    private let begin: Valve?
    private let pause: Valve?

    init(_ pieces: [String], begin: Valve? = nil, pause: Valve? = nil, failure: NLPError? = nil) {
        self.pieces = pieces
        self.begin = begin
        self.pause = pause
        self.failure = Mutex(failure)
    }

    var summary: String { "streams" }
    var generator: (any SchematicGenerator)? { self }
    var streamer: (any TextStreamer)? { self }
    var embedder: (any Embedder)? { nil }

    func generate(_ request: GenerationRequest) async throws -> Generation {
        requests.withLock { $0.append(request) }
        return Generation(
            content: ["message": "Whole.", "canned_response": 1, "match": "high", "follow_up": .null])
    }

    func stream(
        _ request: GenerationRequest, _ receive: @escaping @Sendable (String) async throws -> Void
    ) async throws -> Generation {
        requests.withLock { $0.append(request) }
        try await begin?.pass()
        for (index, piece) in pieces.enumerated() {
            if index == 1 { try await pause?.pass() }
            try await receive(piece)
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        return Generation(content: .string(pieces.joined()))
    }
}
