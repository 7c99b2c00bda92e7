import Logging
import ParlantCore
import ParlantEngine
import Synchronization
import Testing

/// A scripted model with an embedder beside it.
private final class EmbeddingModel: NLPService, Embedder {
    let model: ScriptedModel
    let texts = Mutex<[[String]]>([])
    let isAway = Mutex(false)

    init(_ model: ScriptedModel) { self.model = model }

    var summary: String { "scripted" }
    var generator: (any SchematicGenerator)? { model }
    var embedder: (any Embedder)? { self }

    /// Texts that name the same thing point the same way.
    func embed(_ texts: [String]) async throws -> Embedding {
        self.texts.withLock { $0.append(texts) }
        if isAway.withLock({ $0 }) { throw NLPError(.unavailable, "away") }
        return Embedding(vectors: texts.map { text in (0..<200).map { text.contains("thing\($0) ") ? 1 : 0 } })
    }
}

/// Numbers of conditions that a scripted model says hold.
private final class Numbers: Sendable {
    let list: Mutex<[Int]>

    init(_ numbers: Int...) { list = Mutex(numbers) }
}

@Suite("Matching with a model")
struct ModelMatchingTests {
    private static func guidelines(_ count: Int) -> [Guideline] {
        (0..<count).map { number in
            .make(
                GuidelineID("g\(number)"),
                "The customer asks about thing\(number) or wants to have it repaired, replaced or sent elsewhere",
                action: "Explain what can be done about thing\(number) and offer an appointment")
        }
    }

    /// Answers that the conditions with these numbers hold.
    private static func holding(_ numbers: Numbers) -> ScriptedModel.Answer {
        { _ in
            let verdicts = numbers.list.withLock { $0 }.map { number -> JSONValue in
                ["number": .integer(Int64(number)), "reason": "said so"]
            }
            return ["applies": .array(verdicts)]
        }
    }

    private static let says: ScriptedModel.Answer = { _ in ["message": "Fine."] }

    /// Conditions that a request lists, by number.
    private static func listed(_ request: GenerationRequest) -> [Int] {
        (request.system + "\n" + request.prompt).split(separator: "\n").compactMap { line in
            line.contains(". The customer asks about thing") ? Int(line.prefix { $0.isNumber }) : nil
        }
    }

    /// Calls and prompt tokens of one first turn, schema included; four bytes are a token.
    private static func cost(of count: Int, _ settings: EngineSettings = .init(), embeds: Bool = false) async throws
        -> (calls: Int, tokens: Int)
    {
        let numbers = Numbers(2)
        let model = ScriptedModel(["guideline_matches": holding(numbers), "reply": says])
        let nlp: any NLPService = embeds ? EmbeddingModel(model) : model
        let chat = try await Conversation(.make(guidelines(count)), nlp: nlp, settings: settings)
        _ = try await chat.ask("My thing1 is broken, what now?", trace: "t1")
        let matching = model.requests.withLock { $0 }.filter { $0.schemaName == "guideline_matches" }
        let bytes = matching.reduce(0) { $0 + $1.system.utf8.count + $1.prompt.utf8.count + "\($1.schema)".utf8.count }
        return (matching.count, bytes / 4)
    }

    /// The reference: 11 calls for 10 and 50 guidelines and 41 for 200, 32,500 tokens at 50 and 151,000 at 200.
    @Test(
        "one request judges 10, 50 and 200 guidelines, for a tenth of the reference's tokens", arguments: [10, 50, 200])
    func figures(_ count: Int) async throws {
        let cost = try await Self.cost(of: count)
        print("\(count) guidelines: \(cost.calls) request, \(cost.tokens) tokens")
        #expect(cost.calls == 1)
        #expect(cost.tokens <= 300 + 32 * count)
        let narrowed = try await Self.cost(of: count, embeds: true)
        print("\(count) guidelines, narrowed: \(narrowed.calls) request, \(narrowed.tokens) tokens")
        #expect(narrowed.calls == 1)
        #expect(narrowed.tokens <= (count < 80 ? cost.tokens : cost.tokens / 4))
    }

    @Test("several requests run only when the tokens exceed the bound, and find the same")
    func batches() async throws {
        var settings = EngineSettings()
        settings.matching.batchTokens = 1_000
        #expect(try await Self.cost(of: 200, settings).calls > 1)
        let numbers = Numbers(150)
        let model = ScriptedModel(["guideline_matches": Self.holding(numbers), "reply": Self.says])
        let chat = try await Conversation(.make(Self.guidelines(200)), nlp: model, settings: settings)
        try await chat.say("thing149 ", trace: "t1")
        #expect(try await chat.turn("t1").last?.data["data"]?["matched_guidelines"] == [["id": "g149"]])
    }

    @Test("the requests of a conversation begin with the same bytes, up to what is new")
    func prefix() async throws {
        let numbers = Numbers()
        let model = ScriptedModel(["guideline_matches": Self.holding(numbers), "reply": Self.says])
        let chat = try await Conversation(.make(Self.guidelines(20)), nlp: model)
        for turn in 1...3 {
            numbers.list.withLock { $0 = [turn] }
            _ = try await chat.ask("Message \(turn)", trace: TraceID("t\(turn)"))
        }
        let requests = model.requests.withLock { $0 }.filter { $0.schemaName == "guideline_matches" }
        #expect(Set(requests.map(\.system)).count == 1)
        #expect(Set(requests.map { "\($0.schema)" }).count == 1)
        let shared = requests.map { $0.prompt.components(upTo: "\n\n# Now") }
        #expect(shared[1].hasSuffix("agent: Fine.\ncustomer: Message 2"))
        #expect(requests[1].prompt.hasPrefix(shared[0]))
        #expect(requests[2].prompt.hasPrefix(shared[1]))
    }

    @Test("of many conditions those that could hold are asked about; messages alone are embedded in later turns")
    func narrowing() async throws {
        let numbers = Numbers(8)
        let nlp = EmbeddingModel(ScriptedModel(["guideline_matches": Self.holding(numbers), "reply": Self.says]))
        let angry = Guideline.make("angry", "The customer is angry", action: "Calm them")
        let chat = try await Conversation(.make(Self.guidelines(100) + [angry]), nlp: nlp)
        try await chat.say("My thing7 is broken", trace: "t1")
        #expect(try await chat.turn("t1").last?.data["data"]?["matched_guidelines"] == [["id": "g7"]])
        let request = nlp.model.requests.withLock { $0[0] }
        #expect(request.system.contains("101. The customer is angry"))
        #expect(Self.listed(request).contains(8))
        #expect(Self.listed(request).count < 15)
        let first = nlp.texts.withLock { $0 }
        #expect(first.map(\.count) == [128, 73])

        _ = try await chat.ask("And thing9 is gone", trace: "t2")
        #expect(
            nlp.texts.withLock { $0.dropFirst(2) }.map { $0 } == [["Fine. And thing9 is gone", "And thing9 is gone"]])
        let followed = nlp.model.requests.withLock { $0.last { $0.schemaName == "guideline_matches" } }
        #expect(followed.map(Self.listed)?.contains(8) == true)
    }

    @Test("an embedder that fails narrows nothing, and the turn goes on")
    func embedderAway() async throws {
        let nlp = EmbeddingModel(ScriptedModel(["guideline_matches": Self.holding(Numbers(8)), "reply": Self.says]))
        nlp.isAway.withLock { $0 = true }
        let chat = try await Conversation(.make(Self.guidelines(100)), nlp: nlp)
        #expect(try await chat.ask("My thing7 is broken", trace: "t1") == "Fine.")
        #expect(Self.listed(nlp.model.requests.withLock { $0[0] }).count == 100)
        nlp.isAway.withLock { $0 = false }
        _ = try await chat.ask("My thing8 is broken", trace: "t2")
        let last = nlp.model.requests.withLock { $0.last { $0.schemaName == "guideline_matches" } }
        #expect(last.map { Self.listed($0).count < 15 } == true)
    }

    @Test("few conditions, and a policy that says so, ask no embedder")
    func noNarrowing() async throws {
        let nlp = EmbeddingModel(ScriptedModel(["guideline_matches": Self.holding(Numbers()), "reply": Self.says]))
        var settings = EngineSettings()
        settings.matching.narrowsFrom = nil
        _ = try await Conversation(.make(Self.guidelines(100)), nlp: nlp, settings: settings).ask(
            "thing7 ", trace: "t1")
        _ = try await Conversation(.make(Self.guidelines(50)), nlp: nlp).ask("thing7 ", trace: "t1")
        #expect(nlp.texts.withLock { $0 } == [])
    }

    @Test("what was followed is marked: it must come up anew, or the customer's part is missing")
    func notes() async throws {
        let offer = Guideline.make("offer", "The customer asks about prices", action: "Offer the gold plan")
        let ask = Guideline.make("ask", "The customer wants a refund", action: "Ask for the order number")
        let numbers = Numbers(1, 2)
        let model = ScriptedModel(["guideline_matches": Self.holding(numbers), "reply": Self.says])
        let chat = try await Conversation(.make([offer, ask]), nlp: model)
        _ = try await chat.ask("Refund me, and what does it cost?", trace: "t1")
        _ = try await chat.ask("Well?", trace: "t2")
        let requests = model.requests.withLock { $0 }.filter { $0.schemaName == "guideline_matches" }
        #expect(!requests[0].prompt.contains("# Notes"))
        #expect(
            requests[1].prompt.hasSuffix(
                """
                # Notes
                The agent has acted on 1 before: they hold only if the newest customer messages bring them up anew.
                For 2 the agent has asked the customer for something: they hold as long as the customer has not given \
                it, and when they come up anew.
                """))
    }

    @Test("a turn that failed behind the matching is tried again without judging anew", arguments: [true, false])
    func keptVerdicts(_ keeps: Bool) async throws {
        let fails = Mutex(true)
        let model = ScriptedModel([
            "guideline_matches": Self.holding(Numbers(2)),
            "reply": { _ in
                let fails = fails.withLock { fails in
                    defer { fails = false }
                    return fails
                }
                if fails { throw NLPError(.unavailable, "away") }
                return ["message": "Fine."]
            },
        ])
        var settings = EngineSettings()
        settings.matching.keepsVerdicts = keeps
        let chat = try await Conversation(.make(Self.guidelines(3)), nlp: model, settings: settings)
        try await chat.say("My thing1 is broken", trace: "t1")
        #expect(try await chat.turn("t1").contains { $0.brief == "error" })
        _ = try await chat.engine.requestTurn(in: chat.session, traceID: "t2")
        let last = try await chat.turn("t2").last
        #expect(last?.data["data"]?["matched_guidelines"] == [["id": "g1"]])
        let asked = model.requests.withLock { $0 }.count { $0.schemaName == "guideline_matches" }
        #expect(asked == (keeps ? 1 : 2))
    }

    @Test("a second pass asks only what a tool may have changed, and is shown what the tool returned")
    func reevaluation() async throws {
        let passes = Mutex(0)
        let model = ScriptedModel([
            "guideline_matches": { _ in
                let pass = passes.withLock { passes in
                    passes += 1
                    return passes
                }
                return ["applies": [["number": .integer(pass == 1 ? 1 : 2), "reason": "so"]]]
            },
            "tool_calls": { _ in ["calls": [["tool": "test:look", "arguments": [:]]]] },
            "reply": Self.says,
        ])
        let look = Guideline.make("look", "The customer asks for the balance", tools: ["look"])
        let low = Guideline.make("low", "The balance is below zero", action: "Warn")
        let more = Self.guidelines(10)
        let handlers = FakeHandlers(tools: ["look": { _, _ in .result(ToolResult(data: ["balance": -3])) }])
        var snapshot = AgentSnapshot.make([look, low] + more, tools: [.make("look")], handlers: handlers)
        snapshot.relationships = [
            Relationship(
                id: "r", kind: .reevaluation, source: .guideline("low"),
                target: .tool(ToolID(service: "test", name: "look")))
        ]
        let chat = try await Conversation(snapshot, nlp: model)
        try await chat.say("My balance?", trace: "t1")
        let matched = try await chat.turn("t1").last?.data["data"]?["matched_guidelines"]?.array
        #expect(Set(matched?.compactMap { $0["id"]?.string } ?? []) == ["look", "low"])
        let requests = model.requests.withLock { $0 }.filter { $0.schemaName == "guideline_matches" }
        #expect(requests.count == 2)
        #expect(Self.listed(requests[1]) == [])
        #expect(requests[1].prompt.contains("2. The balance is below zero"))
        #expect(requests[1].prompt.contains(#"- now: test:look{} returned {"balance":-3}"#))
    }
}

extension String {
    /// What stands before `mark`, or all.
    fileprivate func components(upTo mark: String) -> String {
        range(of: mark).map { String(self[..<$0.lowerBound]) } ?? self
    }

    private func range(of mark: String) -> Range<String.Index>? {
        indices.first { self[$0...].hasPrefix(mark) }.map { $0..<index($0, offsetBy: mark.count) }
    }
}
