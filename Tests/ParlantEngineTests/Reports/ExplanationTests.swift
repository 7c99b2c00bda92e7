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
        let explanation = try #require(try await chat.engine.explanation(of: message.id, in: chat.session))
        return try #require(try JSONParser.parse(explanation.content).object)
    }

    @Test("nothing is kept of a turn that ends late while its session is deleted")
    func deletedSession() async throws {
        let valve = Valve()
        let model = ScriptedModel([
            "reply": { _ in
                // A provider that does not hear that it is cancelled.
                try await Task { try await valve.pass() }.value
                return ["message": "Late."]
            }
        ])
        let chat = try await Conversation(.make(), nlp: model)
        try await chat.say("Hello", trace: "t1")
        await valve.waitForArrivals(1)
        let deletion = Task { try await chat.engine.deleteSession(chat.session) }
        valve.open()
        try await deletion.value
        #expect(try await chat.explanations.traces(of: chat.session) == [])
    }

    @Test("says which guidelines were considered, which applied and why")
    func guidelines() async throws {
        let (chat, events) = try await turn()
        let content = try await explanation(chat, events)
        #expect(
            content["guidelines"] == [
                [
                    "id": "send", "condition": "The customer wants to send money", "action": "Do it",
                    "matcher": "condition", "outcome": "applied", "rationale": "asked for", "score": 1,
                    "reason": .null,
                ],
                [
                    "id": "hours", "condition": "The customer asks about opening hours", "action": "Do it",
                    "matcher": "condition", "outcome": "not_matched", "rationale": .null, "score": .null,
                    "reason": .null,
                ],
            ])
        #expect(content["ending"] == "completed")
        #expect(content["cause"] == ["kind": "message", "offset": 0, "messages": 1, "double_text": "interrupt"])
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
        #expect(content["guidelines"]?.array?.map { $0["outcome"] } == ["applied", "dropped"])
        let reason = try #require(content["guidelines"]?.array?.last?["reason"]?.string)
        let decision = try #require(content["relationships"]?.array?.first)
        #expect(decision["reason"]?.string == reason)
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
        #expect(call["data"] == ["sent": true])
    }

    @Test("accounts for each call, each token and each millisecond of the turn")
    func sums() async throws {
        let (chat, events) = try await turn()
        let content = try await explanation(chat, events)
        let calls = try #require(content["model_calls"]?.array)
        let totals = try #require(content["totals"]?.object)
        #expect(calls.count >= 3)
        #expect(totals["calls"] == .integer(Int64(calls.count)))
        let inputs = calls.compactMap { $0["input_tokens"]?.integer }.reduce(0, +)
        #expect(totals["input_tokens"] == .integer(inputs))
        #expect(inputs == Int64(calls.count) * 10)
        let steps = try #require(content["steps"]?.array)
        #expect(steps.compactMap { $0["calls"]?.integer }.reduce(0, +) == Int64(calls.count))
        #expect(steps.compactMap { $0["input_tokens"]?.integer }.reduce(0, +) == inputs)
        let times = try #require(content["phases"]?.array)
        #expect(times.first { $0["phase"] == "loading" }?["milliseconds"] == 0)
        #expect(times.first { $0["phase"] == "matching" }?["milliseconds"] == 40)
        #expect(times.first { $0["phase"] == "composing" }?["milliseconds"] == 40)
        let phases = times.compactMap { $0["milliseconds"]?.number }
        let total = try #require(totals["milliseconds"]?.number)
        #expect(abs(phases.reduce(0, +) - total) < 0.01)
        let waited = calls.compactMap { $0["milliseconds"]?.number }.reduce(0, +)
        #expect(waited == Double(calls.count) * 40)
        // The clock stands still but for the model: so all of the time is the model's.
        #expect(total == waited)
        #expect(totals["model_milliseconds"]?.number == waited)
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

    @Test("exists for a turn that failed, with the failed call, and does not say what was never decided")
    func failure() async throws {
        let chat = try await Conversation(.make([.make("g", "The customer asks")]), nlp: ScriptedModel([:]))
        try await chat.say("Hello", trace: "t1")
        _ = try await chat.turn("t1")
        let content = try #require(try await chat.explanation("t1"))
        #expect(content["ending"] == "failed")
        #expect(content["model_calls"]?.array?.first?["failure"] == "malformed: no answer for guideline_matches")
        #expect(content["guidelines"]?.array?.map { $0["outcome"] } == ["undecided"])
        #expect(content["composition"] == .null)
    }

    @Test("of words that the agent was told to say names the request as the cause")
    func guidance() async throws {
        let model = ScriptedModel(["reply": { _ in ["message": "One moment."] }])
        let chat = try await Conversation(.make(), nlp: model)
        _ = try await chat.engine.utter([Guidance(action: "Say to wait")], in: chat.session, traceID: "t1")
        let content = try #require(try await chat.explanation("t1"))
        #expect(content["cause"] == ["kind": "guidance", "offset": .null, "messages": 0, "double_text": .null])
        #expect(content["guidelines"]?.array?.map { $0["outcome"] } == ["applied"])
        let broken = try await Conversation(.make(), nlp: ScriptedModel([:]))
        await #expect(throws: EngineError.self) {
            try await broken.engine.utter([Guidance(action: "Say to wait")], in: broken.session, traceID: "t1")
        }
        #expect(try await broken.explanation("t1")?["ending"] == "failed")
    }
}
