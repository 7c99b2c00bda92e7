import ParlantCore
import ParlantEngine
import Testing

@Suite("The explanation of a turn, part by part")
struct ExplanationPartsTests {
    private struct Down: Error {}

    private func explanation(
        _ snapshot: AgentSnapshot, _ nlp: any NLPService = NoModel(), _ text: String = "Hello"
    ) async throws -> JSONValue {
        let chat = try await Conversation(snapshot, nlp: nlp)
        _ = try await chat.ask(text, trace: "t1")
        return try #require(try await chat.explanation("t1"))
    }

    private func list(_ content: JSONValue, _ name: String, _ member: String) -> [JSONValue?]? {
        content[name]?.array?.map { $0[member] }
    }

    @Test("says whose hook ended which step, and which changed the text")
    func hooks() async throws {
        let handlers = FakeHandlers(hooks: [
            .preparing: [{ _, _ in HookVerdict(.resolve, decider: "plugin guard") }],
            .messageGenerated: [{ event, _ in HookVerdict(.next, text: "\(event.text ?? "")!") }],
        ])
        let content = try await explanation(
            .make(
                [.make("g", nil, matcher: .always, responses: ["hi"])], responses: [try .make("hi", "Hi.")],
                handlers: handlers))
        #expect(
            content["hooks"] == [
                [
                    "step": "preparing", "decision": "resolve", "decider": "plugin guard", "changed_text": false,
                    "milliseconds": 0,
                ],
                [
                    "step": "message_generated", "decision": "next", "decider": .null, "changed_text": true,
                    "milliseconds": 0,
                ],
            ])
    }

    @Test("of a turn that a hook stopped says so")
    func bail() async throws {
        let handlers = FakeHandlers(hooks: [.preparing: [{ _, _ in HookVerdict(.bail, decider: "agent otto") }]])
        let content = try await explanation(.make([.make("g", nil, matcher: .always)], handlers: handlers))
        #expect(list(content, "hooks", "decision") == ["bail"])
        #expect(content["ending"] == "completed")
        #expect(content["guidelines"] == [])
    }

    @Test("says what retrievers brought, that one had nothing, and that one failed")
    func retrievers() async throws {
        var snapshot = AgentSnapshot.make(
            [.make("g", nil, matcher: .always)],
            handlers: FakeHandlers(retrievers: [
                "faq": { _ in .deferred { _ in ToolResult(data: "We open at 8.") } },
                "stock": { _ in nil },
                "crm": { _ in throw Down() },
            ]))
        snapshot.retrievers = [Retriever(id: "faq"), Retriever(id: "stock"), Retriever(id: "crm")]
        let content = try await explanation(snapshot)
        let runs = try #require(content["retrievers"]?.array).sorted { "\($0)" < "\($1)" }
        #expect(
            runs == [
                ["id": "crm", "outcome": "failed", "data": .null, "milliseconds": 0],
                ["id": "faq", "outcome": "result", "data": "We open at 8.", "milliseconds": 0],
                ["id": "stock", "outcome": "nothing", "data": .null, "milliseconds": 0],
            ])
    }

    @Test("says which variables were fetched, and why one was not", arguments: [true, false])
    func variables(works: Bool) async throws {
        let handlers = FakeHandlers(tools: [
            "plan": { _, _ in works ? .result(ToolResult(data: "gold")) : .failure(reason: "no plan") }
        ])
        let plan = ContextVariable(
            id: "v", name: "plan", description: "What they pay for.", tool: ToolID(service: "test", name: "plan"),
            freshness: nil, tags: ["agent:otto"])
        var snapshot = AgentSnapshot.make(tools: [.make("plan")], handlers: handlers)
        snapshot.variables = [plan]
        let chat = try await Conversation(snapshot)
        _ = try await chat.stores.variables.create(plan)
        _ = try await chat.ask("Hello", trace: "t1")
        let content = try #require(try await chat.explanation("t1"))
        #expect(
            content["variables"] == [
                [
                    "name": "plan", "tool_id": "test:plan", "failure": works ? .null : "no plan", "milliseconds": 0,
                ]
            ])
    }

    @Test("says which terms were shown, of how many")
    func terms() async throws {
        var snapshot = AgentSnapshot.make([.make("g", nil, matcher: .always)])
        snapshot.terms = (1...30).map { number in
            Term(id: TermID("t\(number)"), name: "gizmo\(number)", description: "A part.")
        }
        let content = try await explanation(snapshot, NoModel(), "What is a gizmo7?")
        #expect(content["terms"] == ["gizmo7"])
        #expect(content["term_count"] == 30)
    }

    @Test("says which canned responses were weighed, which was said, and why the others could not be")
    func cannedResponses() async throws {
        let model = ScriptedModel([
            "reply": { _ in
                ["message": "We open at eight.", "canned_response": 2, "match": "partial", "follow_up": .null]
            }
        ])
        let content = try await explanation(
            .make(
                [.make("g", nil, matcher: .always, responses: ["hours"])],
                responses: [
                    try .make("hours", "We open at 8."), try .make("bye", "Bye."),
                    try .make("order", "Order {{order}} is here."), try .make("late", "Late.", dependencies: ["delay"]),
                ], agentResponses: ["bye", "order", "late"], mode: .strict), model)
        #expect(
            content["composition"] == [
                "mode": "strict", "draft": "We open at eight.",
                "reason": "the model chose response 2 with a partial match",
            ])
        #expect(list(content, "canned_responses", "id") == ["bye", "hours", "order", "late"])
        #expect(list(content, "canned_responses", "outcome") == ["said", "weighed", "unusable", "unusable"])
        #expect(list(content, "canned_responses", "origin") == ["agent", "guideline", .null, .null])
        #expect(
            list(content, "canned_responses", "reason")
                == [.null, .null, "'order' has no value", "'delay' has no value"])
    }

    @Test("says that strict mode had nothing to say")
    func noMatch() async throws {
        let content = try await explanation(.make([.make("g", nil, matcher: .always)], mode: .strict))
        #expect(content["composition"]?["reason"] == "no canned response could be said")
        #expect(content["canned_responses"] == [])
    }

    @Test("says which states a journey came through, and counts its state among the guidelines")
    func journeys() async throws {
        var snapshot = AgentSnapshot.make(
            tools: [.make("find_seats")],
            handlers: FakeHandlers(tools: ["find_seats": { _, _ in .result(ToolResult(data: 7)) }]))
        snapshot.journeys = [Booking.trip]
        var trigger = Guideline.make("wants_booking", nil, action: nil, matcher: .always)
        trigger.tags = [Journey.owner(Booking.id)]
        snapshot.triggers = [trigger]
        let chat = try await Conversation(snapshot)
        _ = try await chat.ask("Hello", trace: "t1")
        _ = try await chat.ask("To Rome", trace: "t2")
        let content = try #require(try await chat.explanation("t2"))
        #expect(content["journeys"] == [["id": "booking", "state": "when", "ended": false]])
        #expect(
            content["journey_moves"] == [["journey_id": "booking", "from": "where", "to": "when", "back": false]])
        #expect(list(content, "guidelines", "id")?.last == "journey_state:booking:when")
        #expect(list(content, "guidelines", "outcome")?.last == "applied")
    }

    @Test("names the model and counts the requests that a call took")
    func calls() async throws {
        struct Repairing: NLPService, SchematicGenerator {
            var summary: String { "repairing" }
            var generator: (any SchematicGenerator)? { self }
            var embedder: (any Embedder)? { nil }

            func generate(_ request: GenerationRequest) async throws -> Generation {
                Generation(
                    content: ["message": "Hi."], usage: TokenUsage(input: 70, output: 9), model: "small-1", attempts: 3)
            }
        }
        let content = try await explanation(.make([.make("g", nil, matcher: .always)]), Repairing())
        #expect(list(content, "model_calls", "model") == ["small-1"])
        #expect(list(content, "model_calls", "attempts") == [3])
        #expect(content["totals"]?["attempts"] == 3)
        #expect(list(content, "steps", "input_tokens") == [70])
    }

    @Test("says that a matcher failed")
    func matchers() async throws {
        let handlers = FakeHandlers(matchers: ["m": { _ in throw Down() }, "n": { _ in (false, nil) }])
        let content = try await explanation(
            .make([.make("m", nil, matcher: .code), .make("n", nil, matcher: .code)], handlers: handlers))
        #expect(list(content, "guidelines", "outcome") == ["failed", "not_matched"])
        #expect(list(content, "guidelines", "reason") == ["its matcher failed; the log says why", .null])
    }
}
