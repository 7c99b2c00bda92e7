import Logging
import ParlantCore
import ParlantStores
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Turns on a budget")
struct BudgetTurnTests {
    private let sorry = "Our assistant has done enough for today."
    private let hours = Guideline.make("hours", "The customer asks about opening hours", action: "Say 8 to 18")

    private func settings(_ change: (inout Budgets) -> Void) -> EngineSettings {
        var settings = EngineSettings()
        settings.budgets.message = sorry
        change(&settings.budgets)
        return settings
    }

    private func report(_ chat: Conversation, _ trace: TraceID = "t1") async throws -> JSONObject {
        try #require(try await chat.explanation(trace)?.object)
    }

    @Test("a hard limit ends the turn with the message and ready, as an ordinary message; the record says why")
    func hard() async throws {
        let model = MeteredModel()
        let chat = try await Conversation(
            .make([hours]), nlp: model, settings: settings { $0.turn.hard.calls = 1 })
        try await chat.say("When are you open?", trace: "t1")
        let events = try await chat.turn("t1")
        #expect(
            events.map(\.brief) == [
                "> When are you open?", "acknowledged", "processing Interpreting", "typing", "< \(sorry)",
                "ready completed",
            ])
        #expect(model.asked == ["guideline_matches mini"])
        let record = try await report(chat)
        #expect(record["ending"] == "completed")
        #expect(
            record["budgets"]
                == [["scope": "turn", "measure": "calls", "step": "message", "effect": "refused"]])
    }

    @Test("a limit that is reached before matching asks nothing at all, and remembers nothing as followed")
    func nothing() async throws {
        let model = MeteredModel()
        let chat = try await Conversation(
            .make([hours]), nlp: model, settings: settings { $0.session.hard.calls = 0 })
        #expect(try await chat.ask("When are you open?", trace: "t1") == sorry)
        #expect(model.asked == [])
        let state = try await chat.engine.session(chat.session).agentState
        #expect(state.appliedGuidelines.isEmpty)
    }

    @Test("what is found on the way to a limit is not remembered, because the customer has not seen it")
    func unremembered() async throws {
        let chat = try await Conversation(
            .make([hours]), nlp: MeteredModel(), settings: settings { $0.turn.hard.calls = 1 })
        _ = try await chat.ask("When are you open?", trace: "t1")
        #expect(try await chat.engine.session(chat.session).agentState == AgentState())
    }

    @Test("a session at its limit does not hold up another one")
    func otherSession() async throws {
        let chat = try await Conversation(
            .make([hours]), nlp: MeteredModel(), settings: settings { $0.session.hard.calls = 2 })
        #expect(try await chat.ask("When are you open?", trace: "t1") == "From 8 to 18.")
        #expect(try await chat.ask("And on Sunday?", trace: "t2") == sorry)
        let other = try await chat.session(of: Customer.guestID)
        #expect(try await other.ask("When are you open?", trace: "t3") == "From 8 to 18.")
    }

    @Test("the limit of a day goes over all sessions, and is gone at midnight")
    func day() async throws {
        let chat = try await Conversation(
            .make([hours]), nlp: MeteredModel(), settings: settings { $0.day.hard.tokens = 26 })
        #expect(try await chat.ask("When are you open?", trace: "t1") == "From 8 to 18.")
        let other = try await chat.session(of: Customer.guestID)
        #expect(try await other.ask("When are you open?", trace: "t2") == sorry)
        chat.clock.advance(by: .seconds(86_400))
        #expect(try await other.ask("When are you open?", trace: "t3") == "From 8 to 18.")
        #expect(chat.engine.usageToday.spent.calls == 2)
    }

    @Test("while it saves, each call goes to a model one size smaller, and nothing is asked that a turn can do without")
    func soft() async throws {
        var snapshot = AgentSnapshot.make([hours])
        snapshot.agent.preamble = Preamble()
        snapshot.agent.pacing = .standard
        snapshot.guidelines[0].criticality = .high
        let model = MeteredModel()
        let chat = try await Conversation(snapshot, nlp: model, settings: settings { $0.session.soft.calls = 0 })
        #expect(try await chat.ask("When are you open?", trace: "t1") == "From 8 to 18.")
        #expect(model.asked == ["guideline_matches nano", "reply mini"])
        let decisions = try await report(chat)["budgets"]?.array ?? []
        let effects = decisions.compactMap { "\($0["step"]?.string ?? "") \($0["effect"]?.string ?? "")" }
        // First words are looked for beside the turn, and may not have got that far.
        #expect(
            effects.filter { $0 != "preamble skipped" } == [
                "matching smaller_model", "message smaller_model", "response_analysis skipped",
            ])
        #expect(decisions.allSatisfy { $0["scope"] == "session" && $0["measure"] == "calls" })
    }

    @Test("while it saves, a model finds no first words; those that an author wrote are free")
    func firstWords() async throws {
        let model = MeteredModel()
        var snapshot = AgentSnapshot.make([hours])
        snapshot.agent.preamble = Preamble()
        let keeper = BudgetKeeper(Budgets(turn: Budget(soft: SpendingLimit(calls: 0))), clock: ManualClock())
        func words(budget: TurnBudget?) async -> String? {
            var context = TurnContext.make(snapshot, said: ["Hello"], nlp: model)
            context.models = TurnModels(nlp: model, clock: ManualClock(), budget: budget)
            return await PreambleWriter(logger: Logger(label: "test")).words(in: context)
        }
        #expect(await words(budget: nil) == "Let me see.")
        #expect(await words(budget: keeper.turn(in: "s")) == nil)
        #expect(model.asked == ["preamble nano"])
        var canned = try CannedResponse.make("r", "One moment.")
        canned.tags = [CannedResponse.preambleTag]
        snapshot.cannedResponses = [canned]
        snapshot.agentCannedResponses = ["r"]
        #expect(await words(budget: keeper.turn(in: "s")) == "One moment.")
    }

    @Test("money is counted by the price of the model that answered, and of the one that was asked in vain")
    func money() async throws {
        let model = MeteredModel(failing: ["reply"])
        let prices = ["large-one": ModelPrice(input: 1000, output: 10_000)]
        let chat = try await Conversation(.make([hours]), nlp: model, settings: settings { $0.prices = prices })
        try await chat.say("When are you open?", trace: "t1")
        _ = try await chat.turn("t1")
        let usage = try await chat.engine.usage(of: chat.session)
        #expect(usage.spent == Spending(calls: 4, usage: TokenUsage(input: 20, output: 6), money: Money(0.04)))
    }

    @Test("a reply that has begun to stream is not cut off by the limit that it reaches")
    func stream() async throws {
        var snapshot = AgentSnapshot.make([hours])
        snapshot.agent.outputMode = .stream
        snapshot.guidelines[0].criticality = .high
        let model = MeteredModel(streams: true)
        let chat = try await Conversation(snapshot, nlp: model, settings: settings { $0.turn.hard.calls = 2 })
        #expect(try await chat.ask("When are you open?", trace: "t1") == "From 8 to 18.")
        #expect(model.asked == ["guideline_matches mini", "reply large"])
        let decisions = try await report(chat)["budgets"]
        #expect(
            decisions
                == [["scope": "turn", "measure": "calls", "step": "response_analysis", "effect": "refused"]])
    }

    @Test("turns of one customer at the same time never make more calls than the limit", arguments: [1, 7, 16])
    func concurrentCalls(limit: Int) async throws {
        let model = MeteredModel()
        let chat = try await Conversation(
            .make([hours]), nlp: model, settings: settings { $0.customer.hard.calls = limit },
            customer: CustomerDraft(name: "Ann"))
        try await chat.speakInParallel(sessions: 12)
        #expect(model.asked.count == limit)
        #expect(try await chat.engine.usage(of: await chat.customer).spent.calls == limit)
    }

    @Test("turns of one customer at the same time exceed a limit of tokens by one call each at most")
    func concurrentTokens() async throws {
        let model = MeteredModel()
        let chat = try await Conversation(
            .make([hours]), nlp: model, settings: settings { $0.customer.hard.tokens = 1 },
            customer: CustomerDraft(name: "Ann"))
        try await chat.speakInParallel(sessions: 12)
        #expect((1...12).contains(model.asked.count))
        #expect(model.asked.allSatisfy { $0 == "guideline_matches mini" })
    }

    @Test("an agent that is told what to say refuses, and says nothing")
    func utterance() async throws {
        let model = MeteredModel()
        let chat = try await Conversation(.make(), nlp: model, settings: settings { $0.day.hard.calls = 0 })
        let error = await #expect(throws: EngineError.self) {
            try await chat.engine.utter([Guidance(action: "Greet")], in: chat.session, traceID: "u")
        }
        #expect(error?.code == .budgetExhausted)
        #expect(
            error?.message
                == "the budget of calls for the day is used up, so no language model was asked; see 'budgets' in the "
                + "server's configuration file")
        #expect(try await chat.engine.events(of: chat.session, matching: .init(kinds: [.message])).isEmpty)
    }

    @Test("without limits everything is counted all the same, and forgotten with the session and the customer")
    func accounts() async throws {
        let chat = try await Conversation(.make([hours]), nlp: MeteredModel(), customer: CustomerDraft(name: "Ann"))
        _ = try await chat.ask("When are you open?", trace: "t1")
        let spent = Spending(calls: 2, usage: TokenUsage(input: 20, output: 6))
        #expect(try await chat.engine.usage(of: chat.session).spent == spent)
        #expect(try await chat.engine.usage(of: await chat.customer).spent == spent)
        #expect(chat.engine.usageToday.spent == spent)
        #expect(try await report(chat)["budgets"] == [])
        try await chat.engine.forgetCustomer(await chat.customer)
        #expect(try await chat.engine.usage(of: await chat.customer).spent == Spending())
        try await chat.engine.deleteSession(chat.session)
        await #expect(throws: StoreError.self) { try await chat.engine.usage(of: chat.session) }
        #expect(chat.engine.usageToday.spent == spent)
    }
}

/// A model that always finds the first guideline and says the hours; each request takes 10 tokens in and 3 out.
private final class MeteredModel: NLPService, SchematicGenerator, TextStreamer {
    private let requests = Mutex<[GenerationRequest]>([])
    private let failing: Set<String>
    private let streams: Bool

    init(failing: Set<String> = [], streams: Bool = false) {
        self.failing = failing
        self.streams = streams
    }

    /// The requests so far, as schema and size.
    var asked: [String] { requests.withLock { $0.map { "\($0.schemaName) \($0.size)" } } }

    var summary: String { "metered" }
    var generator: (any SchematicGenerator)? { self }
    var streamer: (any TextStreamer)? { streams ? self : nil }
    var embedder: (any Embedder)? { nil }
    func modelName(for size: ModelSize) -> String? { "\(size)-one" }

    func generate(_ request: GenerationRequest) async throws -> Generation {
        requests.withLock { $0.append(request) }
        await Task.yield()
        let usage = TokenUsage(input: 10, output: 3)
        if failing.contains(request.schemaName) {
            throw NLPError(.unavailable, "it is down", usage: usage, attempts: 3)
        }
        let answers: [String: JSONValue] = [
            "guideline_matches": ["applies": [["number": 1, "reason": "asked"]]],
            "reply": ["message": "From 8 to 18."], "preamble": ["message": "Let me see."],
            "followed_guidelines": ["followed": [1]],
        ]
        return Generation(
            content: answers[request.schemaName] ?? .null, usage: usage, model: "\(request.size)-one")
    }

    func stream(
        _ request: GenerationRequest, _ receive: @escaping @Sendable (String) async throws -> Void
    ) async throws -> Generation {
        requests.withLock { $0.append(request) }
        for piece in ["From 8", " to 18."] { try await receive(piece) }
        return Generation(
            content: "From 8 to 18.", usage: TokenUsage(input: 10, output: 3), model: "\(request.size)-one")
    }
}

extension Conversation {
    /// Whose session it is.
    fileprivate var customer: CustomerID {
        get async throws { try await engine.session(session).customerID }
    }

    /// Another session with the same server.
    fileprivate func session(of customer: CustomerID) async throws -> Conversation {
        var other = self
        other.session = try await engine.createSession(
            SessionDraft(agentID: "otto", customerID: customer), allowGreeting: false, traceID: "t0"
        ).id
        return other
    }

    /// The customer says something in many sessions at once; returns when all of it is answered.
    fileprivate func speakInParallel(sessions: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<sessions {
                let other = try await session(of: await customer)
                group.addTask { _ = try await other.ask("When are you open?", trace: TraceID("p\(number)")) }
            }
            try await group.waitForAll()
        }
    }
}
