import ParlantCore
import ParlantEngine
import ParlantStores
import Testing

@Suite("The explanation of a turn")
struct ExplanationTests {
    /// A turn with two judged guidelines, a tool and a written reply; each model call takes 40 ms and counts tokens.
    private func turn(_ text: String = "20 euro, please") async throws -> (Conversation, [Event]) {
        let handlers = FakeHandlers(tools: [
            "transfer": { _, context in
                .result(ToolResult(data: ["sent": true]))
            }
        ])
        let model = SlowModel([
            "guideline_matches": ["applies": [["number": 1, "reason": "asked for"]]],
            "tool_calls": ["calls": [["tool": "test:transfer", "arguments": ["amount": 20]]]],
            "reply": ["message": "Sent."],
        ])
        let chat = try await Conversation(
            .make(
                [
                    .make("send", "The customer wants to send money", tools: ["transfer"]),
                    .make("hours", "The customer asks about opening hours"),
                ],
                tools: [.make("transfer", [ToolParameter(name: "amount", kind: .number)])], handlers: handlers),
            nlp: model)
        model.clock.set(chat.clock)
        try await chat.say(text, trace: "t1")
        return (chat, try await chat.turn("t1"))
    }

    private func explanation(_ chat: Conversation, _ events: [Event]) async throws -> JSONObject {
        let message = try #require(events.last { $0.kind == .message && $0.source == .aiAgent })
        return try #require(try await chat.engine.explanation(of: message.id, in: chat.session)?.content)
    }

    @Test("says which guidelines were considered, which applied and why")
    func guidelines() async throws {
        let (chat, events) = try await turn()
        let content = try await explanation(chat, events)
        #expect(
            content["guidelines"] == [
                [
                    "id": "send", "condition": "The customer wants to send money", "action": "Do it", "matched": true,
                    "applied": true, "rationale": "asked for", "score": 1,
                ],
                [
                    "id": "hours", "condition": "The customer asks about opening hours", "action": "Do it",
                    "matched": false, "applied": false, "rationale": .null, "score": .null,
                ],
            ])
        #expect(content["ending"] == "completed")
    }

    @Test("says which guideline gave way to which, and where that was said")
    func relationships() async throws {
        let handlers = FakeHandlers()
        var snapshot = AgentSnapshot.make(
            [
                .make("calm", nil, matcher: .always, responses: ["calm"]),
                .make("sell", nil, matcher: .always, responses: ["sell"]),
            ],
            responses: [try .make("calm", "I am sorry."), try .make("sell", "Buy more.")], handlers: handlers)
        snapshot.relationships = [
            Relationship(
                id: "r1", kind: .priority, source: .guideline("calm"), target: .guideline("sell"),
                location: SourceLocation(file: "agents/otto.lua", line: 7))
        ]
        let chat = try await Conversation(snapshot)
        try await chat.say("I am angry", trace: "t1")
        let content = try await explanation(chat, try await chat.turn("t1"))
        #expect(content["guidelines"]?.array?.map { $0["matched"] } == [true, true])
        #expect(content["guidelines"]?.array?.map { $0["applied"] } == [true, false])
        let decision = try #require(content["relationships"]?.array?.first)
        #expect(decision["entity"] == ["kind": "guideline", "id": "sell"])
        #expect(decision["decision"] == "deprioritized")
        #expect(decision["location"] == "agents/otto.lua:7")
        #expect(decision["counterparts"] == [["kind": "guideline", "id": "calm"]])
    }

    @Test("says which tools ran with which arguments, and how that ended")
    func tools() async throws {
        let (chat, events) = try await turn()
        let call = try #require(try await explanation(chat, events)["tool_calls"]?.array?.first)
        #expect(call["tool_id"] == "test:transfer")
        #expect(call["arguments"] == ["amount": 20])
        #expect(call["outcome"] == "result")
    }

    @Test("accounts for each call, each token and each millisecond of the turn")
    func sums() async throws {
        let (chat, events) = try await turn()
        let content = try await explanation(chat, events)
        let calls = try #require(content["model_calls"]?.array)
        let totals = try #require(content["totals"]?.object)
        #expect(calls.count >= 3)
        #expect(totals["model_calls"] == .integer(Int64(calls.count)))
        let inputs = calls.compactMap { $0["input_tokens"]?.integer }.reduce(0, +)
        #expect(totals["input_tokens"] == .integer(inputs))
        #expect(inputs == Int64(calls.count) * 10)
        let steps = try #require(content["steps"]?.array)
        #expect(steps.compactMap { $0["calls"]?.integer }.reduce(0, +) == Int64(calls.count))
        #expect(steps.compactMap { $0["input_tokens"]?.integer }.reduce(0, +) == inputs)
        let phases = try #require(content["phases"]?.array).compactMap { $0["milliseconds"]?.number }
        let total = try #require(totals["milliseconds"]?.number)
        #expect(abs(phases.reduce(0, +) - total) < 0.01)
        let waited = calls.compactMap { $0["milliseconds"]?.number }.reduce(0, +)
        #expect(waited == Double(calls.count) * 40)
        // The clock stands still but for the model: so all of the time is the model's.
        #expect(total == waited)
    }

    @Test("is there as soon as the turn's end can be seen, and goes with the session")
    func lifetime() async throws {
        let (chat, events) = try await turn()
        #expect(try await chat.explanations.find("t1", of: chat.session) != nil)
        let customers = try #require(events.first { $0.source == .customer })
        #expect(try await chat.engine.explanation(of: customers.id, in: chat.session) == nil)
        try await chat.engine.deleteSession(chat.session)
        #expect(try await chat.explanations.find("t1", of: chat.session) == nil)
    }

    @Test("exists for a turn that failed, with the failed call")
    func failure() async throws {
        let chat = try await Conversation(.make([.make("g", "The customer asks")]), nlp: ScriptedModel([:]))
        try await chat.say("Hello", trace: "t1")
        _ = try await chat.turn("t1")
        let content = try #require(try await chat.explanations.find("t1", of: chat.session)?.content)
        #expect(content["ending"] == "failed")
        #expect(content["model_calls"]?.array?.first?["failure"] == "malformed: no answer for guideline_matches")
    }
}
