import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantNLP

private let schema: JSONValue = [
    "type": "object", "properties": ["applies": ["type": "boolean"]], "required": ["applies"],
]
private let question = GenerationRequest(
    system: "You decide.", prompt: "Does it apply?", schemaName: "match", schema: schema, maxTokens: 100)

/// A service over a script, and a clock that a second task moves.
private struct Bench {
    let model: ScriptedModel
    let clock = ManualClock()
    let service: TextModelService

    init(_ steps: [ScriptedModel.Step], maxTokens: Int = 4096) {
        model = ScriptedModel(steps, maxTokens: maxTokens)
        service = TextModelService(model, clock: clock, random: { 0 })
    }

    func generate() async throws -> Generation { try await #require(service.generator).generate(question) }

    /// Returns as soon as somebody sleeps who is not the end of the time limit.
    func waitForPause() async {
        while (clock.nextDeadline ?? .seconds(120)) >= .seconds(120) { await Task.yield() }
    }

    /// The error of a question, while the clock moves by these steps, each as soon as somebody sleeps.
    func failure(moving steps: [Duration] = []) async throws -> NLPError? {
        let task = Task { try await generate() }
        for step in steps {
            await waitForPause()
            clock.advance(by: step)
        }
        do {
            _ = try await task.value
            return nil
        } catch let error as NLPError { return error }
    }
}

@Suite("An answer from a model of one's own")
struct TextModelServiceTests {
    @Test("is JSON that fits the schema, also out of a code block")
    func answer() async throws {
        let bench = Bench([.text("Sure:\n```json\n{\"applies\": true}\n```")])
        let generation = try await bench.generate()
        #expect(generation.content == ["applies": true])
        #expect(generation.usage == TokenUsage(input: 5, output: 2))
        let sent = try #require(bench.model.requests.first)
        #expect(sent.schema == schema)
        #expect(sent.maxTokens == 100)
        #expect(sent.prompt.hasPrefix("You decide.\n\nDoes it apply?\n\nAnswer with one JSON object"))
    }

    @Test("is asked for again with the reason when it does not fit, and the usage adds up")
    func repair() async throws {
        let bench = Bench([.text("yes"), .text("{\"applies\": 1}"), .text("{\"applies\": false}")])
        let generation = try await bench.generate()
        #expect(generation.content == ["applies": false])
        #expect(generation.usage == TokenUsage(input: 15, output: 6))
        #expect(generation.attempts == 3)
        let prompts = bench.model.requests.map(\.prompt)
        #expect(prompts[1].hasSuffix("An earlier answer was not usable: the answer is not JSON. It was:\nyes"))
        #expect(
            prompts[2].hasSuffix(
                "not usable: the answer.applies is not of type boolean. It was:\n{\"applies\": 1}"))
        #expect(!prompts[2].contains("yes"))
    }

    @Test("that never fits fails after the last repair")
    func neverFits() async throws {
        let bench = Bench([.text("a"), .text("b"), .text(""), .text("{\"applies\": true}")])
        let error = try #require(try await bench.failure())
        #expect(error.code == .malformed)
        #expect(
            error.message
                == "plugin test did not write what was asked for (match: the answer was empty); try a more capable model"
        )
        #expect(bench.model.requests.count == 3)
        #expect(error.usage == TokenUsage(input: 15, output: 6))
        #expect(error.attempts == 3)
    }

    @Test("is tried for three times, with a pause that grows")
    func retries() async throws {
        let broken = ScriptedModel.Step.failure(TextModelError("no reply"))
        let bench = Bench([broken, broken, broken, .text("{\"applies\": true}")])
        let task = Task { try await bench.generate() }
        for (count, pause) in [(1, Duration.milliseconds(500)), (2, .milliseconds(1000))] {
            await bench.waitForPause()
            #expect(bench.model.requests.count == count)
            bench.clock.advance(by: pause - .milliseconds(1))
            #expect(bench.clock.sleeperCount == 1)
            bench.clock.advance(by: .milliseconds(1))
        }
        let error = await #expect(throws: NLPError.self) { try await task.value }
        #expect(error?.code == .unavailable)
        #expect(error?.message == "plugin test failed: no reply")
        #expect(bench.model.requests.count == 3)
    }

    @Test("comes after the pause that the model asked for")
    func retryAfter() async throws {
        let busy = ScriptedModel.Step.failure(TextModelError("busy", retryAfter: .seconds(7)))
        let bench = Bench([busy, .text("{\"applies\": true}")])
        let task = Task { try await bench.generate() }
        await bench.waitForPause()
        bench.clock.advance(by: .milliseconds(6999))
        #expect(bench.clock.sleeperCount == 1)
        bench.clock.advance(by: .milliseconds(1))
        #expect(try await task.value.content == ["applies": true])
    }

    @Test("is not asked for again when the model broke its contract")
    func contract() async throws {
        let bench = Bench([.failure(TextModelError("generate returned a number", isRetryable: false))])
        let error = try #require(try await bench.failure())
        #expect(error.code == .malformed)
        #expect(error.message == "plugin test failed: generate returned a number")
        #expect(bench.model.requests.count == 1)
    }

    @Test("is not waited for when the pause would end too late")
    func deadline() async throws {
        let busy = ScriptedModel.Step.failure(TextModelError("busy", retryAfter: .seconds(30)))
        let bench = Bench([busy, busy, busy])
        let error = try #require(try await bench.failure(moving: [.seconds(95)]))
        #expect(error.code == .rateLimited)
        #expect(error.message == "plugin test asks to wait: busy")
        #expect(bench.model.requests.count == 2)
    }

    @Test("that does not come within the time limit is given up, and the model learns of it")
    func silence() async throws {
        let bench = Bench([.silence])
        var question = question
        question.timeLimit = .seconds(3)
        let generator = try #require(bench.service.generator)
        let task = Task { [question] in try await generator.generate(question) }
        while bench.model.requests.isEmpty || bench.clock.nextDeadline == nil { await Task.yield() }
        bench.clock.advance(by: .milliseconds(2999))
        #expect(bench.clock.sleeperCount == 1)
        bench.clock.advance(by: .milliseconds(1))
        let error = await #expect(throws: NLPError.self) { try await task.value }
        #expect(error?.code == .timedOut)
        #expect(error?.message == "plugin test did not answer in time; try a faster model")
        #expect(bench.model.cancelledCalls == 1)
    }

    @Test("is asked of the model with the size of the question")
    func size() async throws {
        let bench = Bench([.text("{\"applies\": true}")])
        var question = question
        question.size = .nano
        let generation = try await #require(bench.service.generator).generate(question)
        #expect(bench.model.requests.map(\.size) == [.nano])
        #expect(generation.model == "plugin test")
        #expect(generation.attempts == 1)
    }

    @Test("that nobody wants any more is given up at once")
    func cancellation() async throws {
        let bench = Bench([.silence])
        let task = Task { try await bench.generate() }
        while bench.model.requests.isEmpty { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(bench.model.cancelledCalls == 1)
    }

    @Test("to a prompt that is too long for the model is refused before the model sees it")
    func tooLong() async throws {
        let bench = Bench([.text("{\"applies\": true}")], maxTokens: 120)
        let error = try #require(try await bench.failure())
        #expect(error.code == .rejected)
        #expect(error.message.hasPrefix("plugin test takes 120 tokens, and the prompt has "))
        #expect(bench.model.requests.isEmpty)
    }

    @Test("vectors come in pieces and in order, and must have the length that the model promises")
    func embeddings() async throws {
        let bench = Bench([])
        let embedder = try #require(bench.service.embedder)
        let texts = (0..<130).map { String(repeating: "x", count: $0) }
        let vectors = try await embedder.embed(texts).vectors
        #expect(vectors.map { $0[0] } == (0..<130).map(Float.init))
        #expect(bench.model.batches.map(\.count) == [64, 64, 2])
        let error = await #expect(throws: NLPError.self) { try await embedder.embed(["odd"]) }
        #expect(error?.message == "plugin test did not return one vector of 2 numbers per text")
        #expect(try await embedder.embed([]).vectors.isEmpty)
    }
}
