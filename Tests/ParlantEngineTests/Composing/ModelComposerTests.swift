import Logging
import ParlantCore
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Replies with a model")
struct ModelComposerTests {
    private func compose(
        _ composition: Composition, _ snapshot: AgentSnapshot, _ model: any NLPService,
        said: [String] = ["Where can I park?"], variables: JSONObject = [:]
    ) async throws -> [Reply] {
        var context = TurnContext.make(snapshot, said: said, nlp: model)
        context.variables = variables
        let output = CollectedReplies()
        let composer = ModelComposer(settings: .init(), logger: Logger(label: "test"))
        try await composer.compose(composition, in: context, to: output)
        return output.replies
    }

    private func snapshot(_ responses: [CannedResponse], _ mode: CompositionMode) -> AgentSnapshot {
        .make(responses: responses, agentResponses: responses.map(\.id), mode: mode)
    }

    private func match(_ responses: [CannedResponseID], mode: CompositionMode? = nil) -> GuidelineMatch {
        GuidelineMatch(guideline: .make("g", "c", responses: responses, mode: mode), rationale: "")
    }

    @Test("strict mode without candidates says the no-match message and asks no model")
    func strictWithoutCandidates() async throws {
        let model = ScriptedModel([:])
        let responses = [try CannedResponse.make("a", "{{absent}}")]
        #expect(
            try await compose(Composition(), snapshot(responses, .strict), model).map(\.text)
                == ["Not sure I understand. Could you please say that another way?"])
        #expect(model.requests.withLock { $0 }.isEmpty)
    }

    @Test("the answer's schema asks for what the mode needs, and nothing else")
    func schemas() async throws {
        let model = ScriptedModel(["reply": { _ in ["message": "Own", "canned_response": .null, "match": "none"] }])
        let responses = [try CannedResponse.make("a", "Behind the house, {{generative.greeting}}.")]
        let plain = [try CannedResponse.make("a", "Behind the house.")]
        for (mode, responses) in [
            (CompositionMode.strict, responses), (.composited, plain), (.fluid, responses), (.fluid, []),
            (.free, plain),
        ] { _ = try await compose(Composition(), snapshot(responses, mode), model) }
        #expect(
            model.requests.withLock { $0 }.map { $0.schema["required"] } == [
                ["message", "canned_response", "match", "follow_up", "fields"], ["message"],
                ["message", "canned_response", "fields"], ["message"], ["message"],
            ])
        let prompts = model.requests.withLock { $0 }.map(\.prompt)
        #expect(prompts.map { $0.contains("Behind the house") } == [true, true, true, false, false])
        #expect(prompts[0].contains("1. Behind the house, {{generative.greeting}}."))
    }

    @Test("the strictest of the agent's mode and those of what applies counts")
    func mixing() async throws {
        let model = ScriptedModel(["reply": { _ in ["message": "Own", "canned_response": .null, "match": "none"] }])
        let responses = [try CannedResponse.make("a", "A")]
        let strict = Composition(matches: [match([], mode: .composited), match(["a"], mode: .strict)])
        let replies = try await compose(strict, snapshot(responses, .fluid), model)
        #expect(replies.map(\.text) == ["Not sure I understand. Could you please say that another way?"])
        let looser = Composition(matches: [match(["a"], mode: .fluid)])
        _ = try await compose(looser, snapshot(responses, .strict), model)
        #expect(model.requests.withLock { $0 }.allSatisfy { $0.schema["properties"]?["match"] != nil })
    }

    @Test("composited mode says the model's words, written in those of the candidates")
    func composited() async throws {
        let model = ScriptedModel(["reply": { _ in ["message": "Just park behind it."] }])
        let replies = try await compose(
            Composition(), snapshot([try .make("a", "You can park behind the house.")], .composited), model)
        #expect(replies == [Reply(text: "Just park behind it.", isWritten: true)])
        let request = try #require(model.requests.withLock { $0 }.first)
        #expect(request.system.contains("wording and style of the canned responses"))
        #expect(request.prompt.contains("1. You can park behind the house."))
    }

    @Test("variables of the customer, and why a tool failed, can stand in a template")
    func fields() async throws {
        let model = ScriptedModel(["reply": { _ in ["canned_response": 1, "match": "high"] }])
        let run = ToolRun(
            call: ToolCall(tool: ToolID(service: "test", name: "t"), arguments: [:]),
            outcome: .failure(reason: "no funds"))
        let responses = [try CannedResponse.make("a", "{{std.variables.plan}}: {{std.failure_reason}}")]
        let replies = try await compose(
            Composition(runs: [run]), snapshot(responses, .strict), model, variables: ["plan": "gold"])
        #expect(replies.map(\.text) == ["gold: no funds"])
    }

    @Test("first words that the customer has seen are not to be said again")
    func preamble() async throws {
        let model = ScriptedModel(["reply": { _ in ["message": "Behind the house."] }])
        _ = try await compose(Composition(preamble: "Let me look."), .make(), model)
        #expect(
            model.requests.withLock { $0 }.first?.prompt.hasSuffix(
                "go on from there and do not repeat it\nagent: Let me look.") ?? false)
    }

    @Test("of many responses the model is shown 30: those of guidelines, and of the agent's the most alike")
    func ranking() async throws {
        let model = ScriptedModel(["reply": { _ in ["message": "Own", "canned_response": 2] }])
        var responses = try (0..<60).map {
            try CannedResponse.make(CannedResponseID("r\($0)"), "Text number \($0) of the list.")
        }
        responses.append(try .make("parking", "You can park behind the house."))
        responses.append(try .make("own", "Said while it applies."))
        let all = AgentSnapshot.make(
            responses: responses, agentResponses: responses.map(\.id).filter { $0 != "own" }, mode: .fluid)
        let replies = try await compose(Composition(matches: [match(["own"])]), all, model)
        let prompt = try #require(model.requests.withLock { $0 }.first?.prompt)
        #expect(prompt.contains("1. Said while it applies."))
        #expect(prompt.contains("30. You can park behind the house."))
        #expect(!prompt.contains("31. "))
        #expect(replies.map(\.text) == ["Text number 0 of the list."])
    }

    @Test("with an embedder likeness is that of vectors; each text is embedded once, and words help out when it fails")
    func embedder() async throws {
        let model = EmbeddingModel()
        let responses = try (0..<40).map {
            try CannedResponse.make(CannedResponseID("r\($0)"), $0 == 35 ? "A garage." : "Text \($0).")
        }
        let ranking = CandidateRanking(logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let context = TurnContext.make(snapshot(responses, .fluid), said: ["Where can I leave my car?"], nlp: model)
        let items = CannedCandidates.collect(Composition(), in: context, canFill: true, Logger(label: "test")).items
        let first = try await ranking.select(items, for: ["my car"], context.models)
        #expect(first.count == 30)
        #expect(first.contains { $0.response.id == "r35" })
        #expect(model.asked.withLock { $0 } == [41])
        _ = try await ranking.select(items, for: ["my car"], context.models)
        #expect(model.asked.withLock { $0 } == [41, 1])
        model.isBroken.withLock { $0 = true }
        #expect(try await ranking.select(items, for: ["Text 39"], context.models).map(\.response.id).contains("r39"))
        #expect(try await ranking.select(Array(items.prefix(30)), for: ["x"], context.models).count == 30)
        #expect(model.asked.withLock { $0 } == [41, 1, 1])
    }
}

/// Knows cars and garages.
private final class EmbeddingModel: NLPService, Embedder {
    let asked = Mutex<[Int]>([])
    let isBroken = Mutex(false)

    var summary: String { "embeds" }
    var generator: (any SchematicGenerator)? { nil }
    var embedder: (any Embedder)? { self }

    func embed(_ texts: [String]) async throws -> Embedding {
        asked.withLock { $0.append(texts.count) }
        if isBroken.withLock({ $0 }) { throw NLPError(.unavailable, "no answer") }
        return Embedding(vectors: texts.map { $0.contains("car") || $0.contains("garage") ? [0, 2] : [2, 0.1] })
    }
}
