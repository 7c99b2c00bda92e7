import ParlantCore
import ParlantEngine
import Synchronization
import Testing

@Suite("Relationships in a turn")
struct RelationshipTurnTests {
    /// An agent whose guidelines apply when a word is said.
    private func agent(
        _ guidelines: [Guideline], _ relationships: [Relationship], tools: [Tool] = [],
        handlers: FakeHandlers = FakeHandlers()
    ) throws -> AgentSnapshot {
        var guidelines = guidelines
        var responses: [CannedResponse] = []
        for index in guidelines.indices {
            let name = guidelines[index].id.rawValue
            guidelines[index].cannedResponses = [CannedResponseID(name)]
            responses.append(try .make(CannedResponseID(name), "This is \(name)."))
        }
        var snapshot = AgentSnapshot.make(guidelines, tools: tools, responses: responses, handlers: handlers)
        snapshot.relationships = relationships
        return snapshot
    }

    private func matched(_ chat: Conversation, _ text: String) async throws -> [String] {
        try await chat.say(text, trace: "t1")
        let details = try await chat.turn("t1").last?.data["data"]
        return details?["matched_guidelines"]?.array?.compactMap { $0["id"]?.string } ?? []
    }

    @Test("keep a guideline that gave way from being followed, and its tools from running")
    func priority() async throws {
        let calls = Mutex(0)
        let handlers = FakeHandlers(tools: [
            "order": { _, _ in
                calls.withLock { $0 += 1 }
                return .result(ToolResult(data: true))
            }
        ])
        let snapshot = try agent(
            [
                .make("cola", "The customer wants cola", tools: ["order"]),
                .make("upset", "The customer is upset and complains"),
            ],
            [Relationship(id: "r", kind: .priority, source: .guideline("upset"), target: .guideline("cola"))],
            tools: [.make("order")], handlers: handlers)
        let chat = try await Conversation(snapshot)
        #expect(try await matched(chat, "I complain: I wanted a cola and I am upset") == ["upset"])
        #expect(calls.withLock { $0 } == 0)
        let other = try await Conversation(snapshot)
        #expect(try await matched(other, "I want a cola") == ["cola"])
        #expect(calls.withLock { $0 } == 1)
    }

    @Test("add what is entailed, which is then followed like everything else")
    func entailment() async throws {
        let handlers = FakeHandlers()
        let snapshot = try agent(
            [.make("vegan", "The customer asks for vegan food"), .make("cheese", "Never", handlers: [.onSelected])],
            [Relationship(id: "r", kind: .entailment, source: .guideline("vegan"), target: .guideline("cheese"))],
            handlers: handlers)
        let chat = try await Conversation(snapshot)
        #expect(try await matched(chat, "Do you have vegan food?") == ["vegan", "cheese"])
        #expect(handlers.notifications.withLock { $0 } == ["on_selected cheese"])
    }

    @Test("make the model ask what is meant, with the choices in its instructions")
    func disambiguation() async throws {
        let model = ScriptedModel([
            "guideline_matches": { _ in ["applies": [["number": 1, "reason": "it is open"]]] },
            "reply": { _ in ["message": "Size or toppings?"] },
        ])
        let snapshot = try agent(
            [
                .make("change", "The customer wants to change the order", action: nil),
                .make("size", "The customer wants another size"),
                .make("toppings", "The customer wants other toppings"),
            ],
            [
                Relationship(id: "r1", kind: .disambiguation, source: .guideline("change"), target: .guideline("size")),
                Relationship(
                    id: "r2", kind: .disambiguation, source: .guideline("change"), target: .guideline("toppings")),
            ])
        let chat = try await Conversation(snapshot, nlp: model)
        #expect(try await matched(chat, "I want to change my order") == ["change"])
        let request = try #require(model.requests.withLock { $0.last { $0.schemaName == "reply" } })
        let text = request.system + request.prompt
        #expect(text.contains("“The customer wants another size”, “The customer wants other toppings”"))
        #expect(!text.contains("Do it"))
    }

    @Test("decide anew when a tool has changed what applies")
    func afterTools() async throws {
        let handlers = FakeHandlers(
            tools: ["check": { _, _ in .result(ToolResult(data: "fraud")) }],
            matchers: ["fraud": { context in (!context.toolCalls.isEmpty, "the check says so") }])
        let snapshot = try agent(
            [
                .make("pay", "The customer wants to pay", tools: ["check"]),
                .make("fraud", nil, matcher: .code),
            ],
            [
                Relationship(id: "r1", kind: .priority, source: .guideline("fraud"), target: .guideline("pay")),
                Relationship(
                    id: "r2", kind: .reevaluation, source: .guideline("fraud"),
                    target: .tool(ToolID(service: "test", name: "check"))),
            ],
            tools: [.make("check")], handlers: handlers)
        let chat = try await Conversation(snapshot)
        #expect(try await matched(chat, "I want to pay") == ["fraud"])
    }

    // MARK: Journeys

    /// Books a table: how many, then a tool, then good-bye.
    private func booking(
        _ guidelines: [Guideline], _ relationships: [Relationship], handlers: FakeHandlers = FakeHandlers()
    ) throws -> AgentSnapshot {
        var snapshot = try agent(guidelines, relationships, tools: [.make("reserve")], handlers: handlers)
        snapshot.journeys = [
            Journey(
                id: "table", title: "Book a table", description: "Books.", conditions: ["wants_table"],
                graph: JourneyGraph(
                    start: "people",
                    states: [
                        JourneyState(
                            name: "people", kind: .chat(instruction: "Ask how many"), next: .always("reserve")),
                        JourneyState(
                            name: "reserve", kind: .tools([ToolID(service: "test", name: "reserve")], instruction: nil),
                            next: .always("bye")),
                        JourneyState(name: "bye", kind: .chat(instruction: "Confirm")),
                    ]))
        ]
        var trigger = Guideline.make("wants_table", "The customer wants to book a table", action: nil)
        trigger.tags = [Journey.owner("table")]
        snapshot.triggers = [trigger]
        return snapshot
    }

    private func places(_ chat: Conversation) async throws -> [String] {
        try await chat.engine.session(chat.session).agentState.journeys.map { "\($0.key) \($0.value.current ?? "END")" }
    }

    private func turn(_ chat: Conversation, _ text: String, _ trace: TraceID) async throws -> JSONValue? {
        try await chat.say(text, trace: trace)
        return try await chat.turn(trace).last?.data["data"]
    }

    private let upset = Relationship(
        id: "r", kind: .priority, source: .guideline("upset"), target: .tag(Journey.owner("table")))

    @Test("let a journey rest that gave way; it goes on where it was")
    func restingJourney() async throws {
        let chat = try await Conversation(booking([.make("upset", "The customer is upset and complains")], [upset]))
        _ = try await turn(chat, "I want to book a table", "t1")
        #expect(try await places(chat) == ["table people"])
        let details = try await turn(chat, "I am upset and complain", "t2")
        #expect(details?["matched_guidelines"] == [["id": "upset"]])
        #expect(details?["matched_journeys"] == [])
        #expect(try await places(chat) == ["table people"])
        let next = try await turn(chat, "Four people", "t3")
        #expect(next?["matched_journeys"] == [["id": "table"]])
        #expect(try await places(chat) == ["table bye"])
    }

    @Test("keep a journey from beginning while it is open what the customer means")
    func ambiguousJourney() async throws {
        let unclear = Guideline.make("unclear", "The customer says table", action: nil)
        let buy = Guideline.make("buy", "Never")
        let chat = try await Conversation(
            booking(
                [unclear, buy],
                [
                    Relationship(
                        id: "r1", kind: .disambiguation, source: .guideline("unclear"), target: .guideline("buy")),
                    Relationship(
                        id: "r2", kind: .disambiguation, source: .guideline("unclear"),
                        target: .tag(Journey.owner("table"))),
                ]))
        let details = try await turn(chat, "I want to book a table", "t1")
        #expect(details?["matched_journeys"] == [])
        #expect(try await places(chat) == [])
    }

    @Test("never make a journey repeat a tool that ran before the journey gave way")
    func toolOnce() async throws {
        let runs = Mutex(0)
        let handlers = FakeHandlers(
            tools: [
                "reserve": { _, _ in
                    runs.withLock { $0 += 1 }
                    return .result(ToolResult(data: true))
                }
            ],
            matchers: ["upset": { context in (!context.toolCalls.isEmpty, "the house is full") }])
        let again = Relationship(
            id: "r2", kind: .reevaluation, source: .guideline("upset"),
            target: .tool(ToolID(service: "test", name: "reserve")))
        let chat = try await Conversation(
            booking([.make("upset", nil, matcher: .code)], [upset, again], handlers: handlers))
        _ = try await turn(chat, "I want to book a table", "t1")
        let details = try await turn(chat, "Four people", "t2")
        #expect(details?["matched_guidelines"]?.array?.contains(["id": "upset"]) == true)
        #expect(details?["matched_journeys"] == [])
        #expect(try await places(chat) == ["table bye"])
        _ = try await turn(chat, "Thank you", "t3")
        #expect(runs.withLock { $0 } == 1)
    }
}
