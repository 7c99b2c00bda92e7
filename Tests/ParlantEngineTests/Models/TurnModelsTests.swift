import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantEngine

@Suite("The models of one turn")
struct TurnModelsTests {
    private let request = GenerationRequest(system: "", prompt: "Hello", schemaName: "reply", schema: [:])

    @Test("account each call: what it was for, when it began, how long it took, what it used")
    func account() async throws {
        let clock = ManualClock()
        let model = CountingModel { _ in
            clock.advance(by: .milliseconds(30))
            return Generation(content: ["message": "Hi."], usage: TokenUsage(input: 7, output: 2))
        }
        let models = TurnModels(nlp: model, clock: clock)
        clock.advance(by: .milliseconds(5))
        _ = try await models.generate(request, for: .message)
        #expect(
            models.calls == [
                ModelCall(
                    step: .message, name: "reply", startedAfter: .milliseconds(5), duration: .milliseconds(30),
                    usage: TokenUsage(input: 7, output: 2))
            ])
    }

    @Test("account a call that failed, with the reason, and pass the error on")
    func failure() async throws {
        let model = CountingModel { _ in throw NLPError(.unavailable, "it is down") }
        let models = TurnModels(nlp: model, clock: ManualClock())
        await #expect(throws: NLPError.self) { try await models.generate(request, for: .matching) }
        #expect(models.calls.map(\.failure) == ["unavailable: it is down"])
    }

    @Test("say how to get a model when there is none, and account nothing")
    func none() async throws {
        let models = TurnModels(nlp: NoModel(), clock: ManualClock())
        let error = await #expect(throws: NLPError.self) { try await models.generate(request, for: .message) }
        #expect(error?.message == "no language model is configured; name one with --model")
        #expect(models.calls.isEmpty)
    }
}

/// A model that answers by a function.
private struct CountingModel: NLPService, SchematicGenerator {
    let answer: @Sendable (GenerationRequest) async throws -> Generation

    var summary: String { "counting" }
    var generator: (any SchematicGenerator)? { self }
    var embedder: (any Embedder)? { nil }

    func generate(_ request: GenerationRequest) async throws -> Generation { try await answer(request) }
}
