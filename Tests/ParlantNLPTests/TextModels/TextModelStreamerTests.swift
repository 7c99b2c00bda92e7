import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantNLP

@Suite("A stream from a model of one's own")
struct TextModelStreamerTests {
    private func stream(
        _ model: ScriptedModel, clock: any TimeSource = SkippingClock(), to shelf: PieceShelf
    ) async throws -> Generation {
        let service = TextModelService(model, clock: clock, random: { 0 })
        let request = GenerationRequest.text(
            "reply", system: "You greet.", prompt: "Greet Ann.", maxTokens: 50, size: .mini, timeLimit: .seconds(30))
        return try await #require(service.streamer).stream(request) { await shelf.add($0) }
    }

    @Test("is handed over in pieces, and counted")
    func pieces() async throws {
        let model = ScriptedModel([.text("Hello Ann")], canStream: true)
        let shelf = PieceShelf()
        let generation = try await stream(model, to: shelf)
        #expect(await shelf.pieces == ["Hello", "Ann"])
        #expect(generation.content == "HelloAnn")
        #expect(generation.usage == TokenUsage(input: 5, output: 2))
        #expect(generation.model == "plugin test")
        #expect(
            model.requests == [TextRequest(prompt: "You greet.\n\nGreet Ann.", maxTokens: 50, size: .mini)])
    }

    @Test("is tried again as long as nothing was handed over")
    func early() async throws {
        let model = ScriptedModel([.failure(TextModelError("busy")), .text("BROKEN"), .text("Hello")], canStream: true)
        let shelf = PieceShelf()
        #expect(try await stream(model, to: shelf).attempts == 3)
        #expect(await shelf.pieces == ["Hello"])
    }

    @Test("is not tried again after the first piece")
    func late() async throws {
        let model = ScriptedModel([.text("Hello BROKEN"), .text("Hello")], canStream: true)
        let shelf = PieceShelf()
        let error = await #expect(throws: NLPError.self) { try await stream(model, to: shelf) }
        #expect(error?.code == .unavailable)
        #expect(error?.message == "plugin test broke off its answer: the line broke")
        #expect(await shelf.pieces == ["Hello"])
        #expect(model.requests.count == 1)
    }

    @Test("that is empty is an error")
    func empty() async throws {
        let error = await #expect(throws: NLPError.self) {
            try await stream(ScriptedModel([.text("")], canStream: true), to: PieceShelf())
        }
        #expect(error?.code == .malformed)
        #expect(error?.usage == TokenUsage(input: 5, output: 2))
    }

    @Test("that says nothing ends with the time limit")
    func silence() async throws {
        let clock = ManualClock()
        let model = ScriptedModel([.silence], canStream: true)
        let task = Task { try await stream(model, clock: clock, to: PieceShelf()) }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(30))
        let error = await #expect(throws: NLPError.self) { try await task.value }
        #expect(error?.code == .timedOut)
    }

    @Test("is not offered by a model that cannot")
    func none() {
        #expect(TextModelService(ScriptedModel([]), clock: ManualClock()).streamer == nil)
    }
}

@Suite("A model of one's own that asks to wait")
struct TextModelPauseTests {
    @Test("is left alone by all sessions")
    func shared() async throws {
        let clock = ManualClock()
        let busy = ScriptedModel.Step.failure(TextModelError("busy", retryAfter: .seconds(10)))
        let model = ScriptedModel([busy, .text("{}"), .text("{}")])
        let service = TextModelService(model, clock: clock, random: { 0 })
        let generator = try #require(service.generator)
        let question = GenerationRequest(system: "", prompt: "", schemaName: "x", schema: ["type": "object"])
        let first = Task { try await generator.generate(question) }
        while clock.nextDeadline != .seconds(10) { await Task.yield() }
        let second = Task { try await generator.generate(question) }
        await clock.waitForSleepers(2)
        #expect(model.requests.count == 1)
        clock.advance(by: .seconds(10))
        _ = try await (first.value, second.value)
        #expect(model.requests.count == 3)
    }
}
