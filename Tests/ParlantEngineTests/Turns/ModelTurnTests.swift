import ParlantCore
import ParlantEngine
import Synchronization
import Testing

@Suite("One turn with a model")
struct ModelTurnTests {
    private let matched: ScriptedModel.Answer = { _ in ["applies": [["number": 1, "reason": "asked"]]] }
    private let hours = Guideline.make("hours", "The customer asks about opening hours", action: "Say 8 to 18")

    @Test("asks which conditions hold, then has the reply written under the guidelines that apply")
    func fluid() async throws {
        let model = ScriptedModel(["guideline_matches": matched, "reply": { _ in ["message": "From 8 to 18."] }])
        let chat = try await Conversation(.make([hours]), nlp: model)
        #expect(try await chat.ask("When are you open?", trace: "t1") == "From 8 to 18.")
        let requests = model.requests.withLock { $0 }
        #expect(requests.map(\.schemaName) == ["guideline_matches", "reply"])
        #expect(requests[0].system.contains("1. The customer asks about opening hours"))
        #expect(requests[1].prompt.contains("Say 8 to 18"))
        #expect(requests[1].prompt.contains("customer: When are you open?"))
    }

    @Test("numbers that name no guideline decide nothing")
    func nonsense() async throws {
        let model = ScriptedModel([
            "guideline_matches": { _ in ["applies": [["number": 7, "reason": ""], ["number": 0, "reason": ""]]] },
            "reply": { _ in ["message": "Hello."] },
        ])
        let chat = try await Conversation(.make([hours]), nlp: model)
        try await chat.say("Hi", trace: "t1")
        #expect(try await chat.turn("t1").last?.data["data"]?["matched_guidelines"] == [])
    }

    @Test("runs tools with the arguments of the model, checks missing ones, and calls nothing twice")
    func tools() async throws {
        let calls = Mutex<[JSONObject]>([])
        let handlers = FakeHandlers(tools: [
            "transfer": { arguments, _ in
                calls.withLock { $0.append(arguments) }
                return .result(ToolResult(data: ["sent": true]))
            }
        ])
        let send = Guideline.make("send", "The customer wants to send money", tools: ["transfer"])
        let tool = Tool.make("transfer", [ToolParameter(name: "amount", kind: .number)], consequential: true)
        let model = ScriptedModel([
            "guideline_matches": matched,
            "consequential_tool_call": { request in
                let amount: JSONValue = request.prompt.contains("20 euro") ? 20 : .null
                let verdict: JSONValue = amount.isNull ? "missing" : "stated"
                return [
                    "rationale": "They want to send money.", "outcome": "needs_to_run",
                    "calls": [
                        [
                            "tool": "test:transfer", "wanted_again": false,
                            "arguments": ["amount": ["evidence": "", "verdict": verdict, "value": amount]],
                        ]
                    ],
                ]
            },
            "reply": { request in
                ["message": request.prompt.contains("ask the customer") ? "How much?" : "Sent."]
            },
        ])
        let chat = try await Conversation(.make([send], tools: [tool], handlers: handlers), nlp: model)
        #expect(try await chat.ask("Send money", trace: "t1") == "How much?")
        #expect(try await chat.ask("20 euro", trace: "t2") == "Sent.")
        #expect(calls.withLock { $0 } == [["amount": 20]])
    }

    @Test("strict mode says a canned response or the no-match message, never the model's own words")
    func strict() async throws {
        let choice = Mutex<JSONValue>(1)
        let model = ScriptedModel([
            "guideline_matches": matched,
            "reply": { _ in ["message": "My own words", "canned_response": choice.withLock { $0 }] },
        ])
        let snapshot = AgentSnapshot.make(
            [.make("g", "c", responses: ["r"])], responses: [try .make("r", "Canned.")], mode: .strict)
        let chat = try await Conversation(snapshot, nlp: model)
        #expect(try await chat.ask("Hi", trace: "t1") == "Canned.")
        choice.withLock { $0 = .null }
        let noMatch = "Not sure I understand. Could you please say that another way?"
        #expect(try await chat.ask("Hi", trace: "t2") == noMatch)
        choice.withLock { $0 = 9 }
        #expect(try await chat.ask("Hi", trace: "t3") == noMatch)
    }

    @Test("a provider that fails ends the turn with an error status and ready; the next turn works")
    func failure() async throws {
        let broken = Mutex(true)
        let model = ScriptedModel([
            "reply": { _ in
                if broken.withLock({ $0 }) {
                    throw NLPError(.unavailable, "the language model does not answer; check that it runs")
                }
                return ["message": "Hello."]
            }
        ])
        let chat = try await Conversation(.make(), nlp: model)
        try await chat.say("Hi", trace: "t1")
        let events = try await chat.turn("t1")
        #expect(events.map(\.brief).suffix(2) == ["error", "ready completed"])
        #expect(
            events.suffix(2).first?.data["data"]
                == ["exception": "the language model does not answer; check that it runs"])
        broken.withLock { $0 = false }
        #expect(try await chat.ask("Hi", trace: "t2") == "Hello.")
    }

    @Test("a newer message gives up the request to the model")
    func cancelled() async throws {
        let valve = Valve()
        let model = ScriptedModel([
            "reply": { request in
                if !request.prompt.contains("two") { try await valve.pass() }
                return ["message": "Both."]
            }
        ])
        let chat = try await Conversation(.make(), nlp: model)
        try await chat.say("one", trace: "t1")
        await valve.waitForArrivals(1)
        #expect(try await chat.ask("two", trace: "t2") == "Both.")
        let first = try await chat.engine.events(of: chat.session, matching: EventQuery(traceID: "t1"))
        #expect(first.map(\.brief).suffix(3) == ["typing", "cancelled", "ready completed"])
    }
}
