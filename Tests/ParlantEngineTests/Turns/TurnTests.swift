import ParlantCore
import ParlantEngine
import Synchronization
import Testing

@Suite("One turn without a model")
struct TurnTests {
    private let hours = Guideline.make(
        "hours", "The customer asks about opening hours", responses: ["open"])

    @Test("emits the statuses of the wire, the canned response, and ready, all with the message's trace")
    func plain() async throws {
        let open = try CannedResponse.make("open", "Open from 8 to 18, {{std.customer.name}}.")
        let chat = try await Conversation(.make([hours], responses: [open]))
        try await chat.say("What are your opening hours?", trace: "t1")
        let events = try await chat.turn("t1")
        #expect(
            events.map(\.brief) == [
                "> What are your opening hours?", "acknowledged", "processing Interpreting", "typing",
                "< Open from 8 to 18, Guest.", "ready", "ready completed",
            ])
        #expect(events.map(\.offset) == Array(0..<7))
        #expect(events.dropFirst().allSatisfy { $0.source == .aiAgent })
        #expect(events[4].data["participant"] == ["id": "otto", "display_name": "Otto"])
        #expect(events[4].data["canned_responses"] == [["open", "Open from 8 to 18, Guest."]])
        #expect(events[6].data["data"]?["matched_guidelines"] == [["id": "hours"]])
    }

    @Test("says the no-match message when nothing fits")
    func noMatch() async throws {
        let open = try CannedResponse.make("open", "Open from 8 to 18.")
        let chat = try await Conversation(.make([hours], responses: [open]))
        #expect(
            try await chat.ask("Tell me a joke", trace: "t1")
                == "Not sure I understand. Could you please say that another way?")
    }

    @Test("runs the tools of matched guidelines and fills the response with their fields")
    func tools() async throws {
        let handlers = FakeHandlers(tools: [
            "balance": { _, context in
                let amount = context.customer.metadata["amount"] ?? 0
                return .result(ToolResult(data: ["amount": amount], cannedResponseFields: ["balance": amount]))
            }
        ])
        let snapshot = AgentSnapshot.make(
            [.make("show", "The customer asks for the balance", tools: ["balance"], responses: ["said"])],
            tools: [.make("balance")],
            responses: [try .make("said", "You have {{balance}} EUR.")], handlers: handlers)
        let chat = try await Conversation(snapshot, customer: CustomerDraft(name: "Ann", metadata: ["amount": 12]))
        try await chat.say("What is my balance?", trace: "t1")
        let events = try await chat.turn("t1")
        #expect(
            events.map(\.brief) == [
                "> What is my balance?", "acknowledged", "processing Interpreting", "processing Considering tools",
                "tool test:balance", "processing Interpreting", "typing", "< You have 12 EUR.", "ready",
                "ready completed",
            ])
        let call = try #require(events[4].data["tool_calls"]?.array?.first)
        #expect(call["result"]?["data"] == ["amount": 12])
        #expect(call["result"]?["control"] == [:])
        #expect(events[4].source == .aiAgent)
    }

    @Test("asks for what a tool misses, remembers the question, and runs the tool with the answer")
    func missing() async throws {
        let calls = Mutex<[JSONObject]>([])
        let handlers = FakeHandlers(tools: [
            "transfer": { arguments, _ in
                calls.withLock { $0.append(arguments) }
                return .result(ToolResult(data: true, cannedResponseFields: ["sum": arguments["amount"] ?? .null]))
            }
        ])
        let amount = ToolParameter(name: "amount", kind: .number, precedence: 1)
        let snapshot = AgentSnapshot.make(
            [.make("send", "The customer wants to send money", tools: ["transfer"], responses: ["sent"])],
            tools: [.make("transfer", [amount])], responses: [try .make("sent", "Sent {{sum}} EUR.")],
            handlers: handlers)
        let chat = try await Conversation(snapshot)
        #expect(try await chat.ask("I want to send money", trace: "t1") == "Could you please tell me: amount?")
        #expect(try await chat.ask("20", trace: "t2") == "Sent 20 EUR.")
        #expect(calls.withLock { $0 } == [["amount": 20]])
    }

    @Test("says a tool's own reason when it could not do what was asked, and keeps it out of the session")
    func failure() async throws {
        let handlers = FakeHandlers(tools: ["t": { _, _ in .failure(reason: "the planner is unreachable") }])
        let snapshot = AgentSnapshot.make(
            [.make("g", "The customer needs a repair", tools: ["t"], responses: ["done"])], tools: [.make("t")],
            responses: [try .make("done", "Done.")], handlers: handlers)
        let chat = try await Conversation(snapshot)
        try await chat.say("I need a repair", trace: "t1")
        let events = try await chat.turn("t1")
        #expect(events.contains { $0.brief == "< I could not do that: the planner is unreachable." })
        #expect(!events.contains { $0.kind == .tool })
    }

    @Test("never shows the text of a defect to the customer")
    func defect() async throws {
        let handlers = FakeHandlers(tools: ["t": { _, _ in .defect("agents/x.lua:3: secret path") }])
        let snapshot = AgentSnapshot.make(
            [.make("g", "The customer needs a repair", tools: ["t"])], tools: [.make("t")], handlers: handlers)
        let chat = try await Conversation(snapshot)
        try await chat.say("I need a repair", trace: "t1")
        let events = try await chat.turn("t1")
        #expect(events.contains { $0.brief == "< Something went wrong on my side. Please try again later." })
        #expect(!events.contains { $0.data.description.contains("secret") })
    }

    @Test("hands over: the mode becomes manual, a second tool cannot undo it, and the next message gets no answer")
    func handOff() async throws {
        let handlers = FakeHandlers(tools: [
            "human": { _, _ in .result(ToolResult(data: "ok", mode: .manual)) },
            "other": { _, _ in .result(ToolResult(data: "ok", mode: .auto)) },
        ])
        let snapshot = AgentSnapshot.make(
            [.make("g", "The customer wants a human", tools: ["human", "other"], responses: ["bye"])],
            tools: [.make("human"), .make("other")], responses: [try .make("bye", "A colleague comes.")],
            handlers: handlers)
        let chat = try await Conversation(snapshot)
        #expect(try await chat.ask("I want a human", trace: "t1") == "A colleague comes.")
        #expect(try await chat.engine.session(chat.session).mode == .manual)
        let last = try await chat.say("Hello?", trace: "t2")
        await chat.engine.shutDown()
        let after = try await chat.engine.events(of: chat.session, matching: EventQuery(minOffset: last.offset))
        #expect(after.map(\.brief) == ["> Hello?"])
    }

    @Test("matchers in code decide, higher priority goes first, and one that fails does not apply")
    func matchers() async throws {
        struct Broken: Error {}
        let handlers = FakeHandlers(matchers: [
            "vip": { context in (context.customer.name == "Ann", "she is Ann") },
            "broken": { _ in throw Broken() },
        ])
        let snapshot = AgentSnapshot.make(
            [
                hours,
                .make("vip", nil, matcher: .code, responses: ["vip"], priority: 1),
                .make("broken", nil, matcher: .code, responses: ["never"], priority: 9),
            ],
            responses: [
                try .make("open", "Open."), try .make("vip", "Always open for you."), try .make("never", "Never."),
            ], handlers: handlers)
        let ann = try await Conversation(snapshot, customer: CustomerDraft(name: "Ann"))
        #expect(try await ann.ask("What are the opening hours?", trace: "t1") == "Always open for you.")
        let guest = try await Conversation(snapshot)
        #expect(try await guest.ask("What are the opening hours?", trace: "t1") == "Open.")
    }

    @Test("tells the guideline's functions when it was selected and when the message was sent, and adds its labels")
    func callbacks() async throws {
        let handlers = FakeHandlers()
        let guideline = Guideline.make(
            "g", nil, matcher: .always, responses: ["hi"], handlers: [.onMessage, .onSelected], labels: ["seen"])
        let chat = try await Conversation(
            .make([guideline], responses: [try .make("hi", "Hi.")], handlers: handlers))
        #expect(try await chat.ask("Hello", trace: "t1") == "Hi.")
        #expect(handlers.notifications.withLock { $0 } == ["on_selected g", "on_message g"])
        #expect(try await chat.engine.session(chat.session).labels == ["seen"])
    }

    @Test("serves a customer whom no store knows under their id")
    func unknownCustomer() async throws {
        let snapshot = AgentSnapshot.make(
            [.make("g", nil, matcher: .always, responses: ["hi"])],
            responses: [try .make("hi", "Hi {{std.customer.name}}.")])
        let chat = try await Conversation(snapshot)
        _ = try await chat.engine.updateSession(chat.session, SessionChange(customerID: "usr_1"))
        #expect(try await chat.ask("Hello", trace: "t1") == "Hi usr_1.")
    }

    @Test("remembers which tracked guidelines with an action were followed, once each")
    func applied() async throws {
        let snapshot = AgentSnapshot.make(
            [
                .make("g", nil, matcher: .always, responses: ["hi"]),
                .make("fact", nil, action: nil, matcher: .always),
            ], responses: [try .make("hi", "Hi.")])
        let chat = try await Conversation(snapshot)
        _ = try await chat.ask("Hello", trace: "t1")
        _ = try await chat.ask("Hello again", trace: "t2")
        #expect(try await chat.engine.session(chat.session).agentState.appliedGuidelines == ["g"])
    }

    @Test("judges a guideline anew after the tool that it names has run, in the same turn")
    func reevaluation() async throws {
        let handlers = FakeHandlers(
            tools: ["balance": { _, _ in .result(ToolResult(data: 12_000)) }],
            matchers: ["rich": { context in (!context.toolCalls.isEmpty, "the balance is known") }])
        var snapshot = AgentSnapshot.make(
            [
                .make("balance", "The customer asks for the balance", tools: ["balance"]),
                .make("rich", nil, matcher: .code, responses: ["save"], priority: 1),
            ],
            tools: [.make("balance")], responses: [try .make("save", "Open a savings account.")], handlers: handlers)
        let chat = try await Conversation(snapshot)
        #expect(try await chat.ask("What is my balance?", trace: "t1") != "Open a savings account.")
        snapshot.relationships = [
            Relationship(
                id: "r", kind: .reevaluation, source: .guideline("rich"),
                target: .tool(ToolID(service: "test", name: "balance")))
        ]
        let other = try await Conversation(snapshot)
        #expect(try await other.ask("What is my balance?", trace: "t1") == "Open a savings account.")
    }
}
