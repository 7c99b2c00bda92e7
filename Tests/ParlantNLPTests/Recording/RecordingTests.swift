import ParlantCore
import ParlantNLP
import Synchronization
import Testing

@Suite("A record of calls to a language model")
struct RecordingTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var text: String { lines.withLock { $0.joined(separator: "\n") } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    /// Counts its answers, so that no two are alike.
    private final class Counter: NLPService, SchematicGenerator, TextStreamer, Embedder, ModerationService {
        private let count = Mutex(0)

        var summary: String { "counter" }
        var generator: (any SchematicGenerator)? { self }
        var streamer: (any TextStreamer)? { self }
        var embedder: (any Embedder)? { self }
        var moderation: (any ModerationService)? { self }

        private func next() -> Int64 {
            count.withLock {
                $0 += 1
                return Int64($0)
            }
        }

        func generate(_ request: GenerationRequest) async throws -> Generation {
            if request.prompt == "fail" { throw NLPError(.unavailable, "down") }
            return Generation(
                content: ["n": .integer(next()), "half": 0.5], usage: TokenUsage(input: 7, output: 3), model: "m",
                attempts: 2)
        }

        func stream(
            _ request: GenerationRequest, _ receive: @escaping @Sendable (String) async throws -> Void
        ) async throws -> Generation {
            for piece in ["Good ", "day."] { try await receive(piece) }
            return Generation(content: "Good day.", usage: TokenUsage(input: 1, output: 2), model: "m")
        }

        func embed(_ texts: [String]) async throws -> Embedding {
            Embedding(
                vectors: texts.map { [Float($0.utf8.count), 0.1, -1.5e-7] }, usage: TokenUsage(input: 5), model: "e",
                attempts: 2)
        }

        func moderate(_ text: String) async throws -> Moderation {
            Moderation(isFlagged: text.contains("hate"), categories: ["harassment"])
        }
    }

    private func request(_ prompt: String, name: String = "reply") -> GenerationRequest {
        GenerationRequest(
            system: "You are \"Otto\".\n", prompt: prompt, schemaName: name,
            schema: ["type": "object", "maxItems": 3], temperature: 0.3, size: .mini)
    }

    private func same(_ left: Generation, _ right: Generation) -> Bool {
        left.content == right.content && left.usage == right.usage && left.model == right.model
            && left.attempts == right.attempts
    }

    @Test("gives each question the answers that it got, in order, and the last one to all that follow")
    func generation() async throws {
        let lines = Lines()
        let recorder = try #require(RecordingService(Counter(), write: { lines.add($0) }).generator)
        let first = try await recorder.generate(request("Hello"))
        let other = try await recorder.generate(request("Bye"))
        let second = try await recorder.generate(request("Hello"))
        let replay = try #require(ReplayingService(try ModelRecord(lines.text)).generator)
        #expect(same(try await replay.generate(request("Hello")), first))
        #expect(same(try await replay.generate(request("Hello")), second))
        #expect(same(try await replay.generate(request("Hello")), second))
        #expect(same(try await replay.generate(request("Bye")), other))
    }

    @Test("brings back streams piece by piece, vectors to the last bit, and judgements")
    func others() async throws {
        let lines = Lines()
        let recording = RecordingService(Counter(), write: { lines.add($0) })
        _ = try await recording.streamer?.stream(request("Hello")) { _ in }
        let vectors = try await recording.embedder?.embed(["a", "bcd"])
        let judgement = try await recording.moderation?.moderate("I hate it")
        let replay = ReplayingService(try ModelRecord(lines.text + "\n\n"))
        let pieces = Lines()
        let streamed = try await replay.streamer?.stream(request("Hello")) { pieces.add($0) }
        #expect(pieces.text == "Good \nday.")
        #expect(streamed?.content == "Good day.")
        #expect(try await replay.embedder?.embed(["a", "bcd"]) == vectors)
        #expect(try await replay.moderation?.moderate("I hate it") == judgement)
    }

    @Test("has nothing for a kind of call that was not recorded")
    func kinds() throws {
        let replay = ReplayingService(try ModelRecord(""))
        #expect(replay.streamer == nil)
        #expect(replay.embedder == nil)
        #expect(replay.moderation == nil)
    }

    @Test("says what differs from the closest question that it knows, and how to mend it")
    func unknown() async throws {
        let lines = Lines()
        let recorder = try #require(RecordingService(Counter(), write: { lines.add($0) }).generator)
        _ = try await recorder.generate(request("The customer says: Hello there"))
        let replay = try #require(ReplayingService(try ModelRecord(lines.text)).generator)
        let changed = await #expect(throws: NLPError.self) {
            try await replay.generate(request("The customer says: Good day"))
        }
        #expect(
            changed?.message
                == "the record has no such question 'reply': 'prompt' differs from character 20 on: recorded "
                + "\"Hello there\", asked \"Good day\"; record it again with --record")
        let missing = await #expect(throws: NLPError.self) { try await replay.generate(request("", name: "x")) }
        #expect(missing?.message == "the record has no question 'x'; record it again with --record")
    }

    @Test("records no call that failed, and fails a call that cannot be recorded")
    func failures() async throws {
        struct DiskFull: Error {}
        let lines = Lines()
        let recorder = try #require(RecordingService(Counter(), write: { lines.add($0) }).generator)
        await #expect(throws: NLPError.self) { try await recorder.generate(request("fail")) }
        #expect(lines.text.isEmpty)
        let broken = try #require(RecordingService(Counter(), write: { _ in throw DiskFull() }).generator)
        await #expect(throws: DiskFull.self) { try await broken.generate(request("Hello")) }
    }

    @Test("names the line that is no recorded call")
    func unreadable() {
        let error = #expect(throws: ModelRecord.UnreadableLine.self) { try ModelRecord("\n{\"kind\":\"generate\"}\n") }
        #expect(
            error?.description == "line 2 is no recorded call of a language model; record the file again with --record")
    }
}
