import OrderedCollections
import ParlantCore
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Turns of a session in a journey")
struct JourneyTurnTests {
    /// Books a seat: where to, search, what was found, yes or no.
    private static let booking = Journey(
        id: "booking", title: "Book a seat", description: "Finds a seat.", conditions: ["wants_seat"],
        graph: JourneyGraph(
            start: "where",
            states: [
                chat("where", "Ask where to", .always("search"), ["r_where"]),
                JourneyState(
                    name: "search", kind: .tools([ToolID(service: "test", name: "find")], instruction: nil),
                    next: .always("found")),
                JourneyState(
                    name: "found", kind: .fork,
                    next: Booking.first(["Seats were found": "offer", "The search failed": "sorry"])),
                chat(
                    "offer", "Offer the seat", Booking.first(["The customer says yes": "done", "They decline": nil]),
                    ["r_offer"]),
                chat("sorry", "Apologise", .end, ["r_sorry"]), chat("done", "Confirm", .end, ["r_done"]),
            ]))

    private static func chat(
        _ name: String, _ instruction: String, _ next: JourneyNext, _ responses: [CannedResponseID]
    ) -> JourneyState {
        JourneyState(name: name, kind: .chat(instruction: instruction), next: next, cannedResponses: responses)
    }

    private func snapshot(
        _ handlers: FakeHandlers = FakeHandlers(), guidelines: [Guideline] = []
    ) throws -> AgentSnapshot {
        var snapshot = AgentSnapshot.make(
            guidelines, tools: [.make("find", [ToolParameter(name: "seats", kind: .integer)])],
            responses: try [("where", "Where to?"), ("offer", "Seat 7?"), ("sorry", "All taken."), ("done", "Booked.")]
                .map { try .make(CannedResponseID("r_\($0.0)"), $0.1) },
            handlers: handlers)
        snapshot.journeys = [Self.booking]
        var trigger = Guideline.make("wants_seat", "The customer wants to book a seat", action: nil)
        trigger.tags = [Journey.owner("booking")]
        snapshot.triggers = [trigger]
        return snapshot
    }

    private func places(_ chat: Conversation) async throws -> [String] {
        let session = try await chat.engine.session(chat.session)
        return session.agentState.journeys.map { "\($0.key) \($0.value.current ?? "END")" }
    }

    // MARK: Without a model

    @Test("goes through a journey by the customer's words: chat, tool, fork, yes, end")
    func offline() async throws {
        let calls = Mutex<[JSONObject]>([])
        let handlers = FakeHandlers(tools: [
            "find": { arguments, _ in
                calls.withLock { $0.append(arguments) }
                return .result(ToolResult(data: ["seats": 7]))
            }
        ])
        let chat = try await Conversation(snapshot(handlers))
        #expect(try await chat.ask("I want to book a seat, 2 seats please", trace: "t1") == "Where to?")
        #expect(try await places(chat) == ["booking where"])
        #expect(try await chat.ask("Paris", trace: "t2") == "Seat 7?")
        #expect(calls.withLock { $0 } == [["seats": 2]])
        #expect(try await chat.ask("Hm, let me think", trace: "t3") == "Seat 7?")
        #expect(try await chat.ask("Yes please", trace: "t4") == "Booked.")
        #expect(try await places(chat) == ["booking done"])
        try await chat.say("Thanks", trace: "t5")
        _ = try await chat.turn("t5")
        #expect(try await places(chat) == ["booking END"])
        #expect(try await chat.ask("I want to book a seat", trace: "t6") == "Where to?")
    }

    @Test("takes the way of failure when the tool failed")
    func failure() async throws {
        let handlers = FakeHandlers(tools: ["find": { _, _ in .failure(reason: "the line is busy") }])
        let chat = try await Conversation(snapshot(handlers))
        try await chat.say("Book a seat for 2, I want a seat", trace: "t1")
        _ = try await chat.turn("t1")
        #expect(try await chat.ask("Paris", trace: "t2") == "All taken.")
        #expect(try await places(chat) == ["booking sorry"])
    }

    @Test("stays where a tool waits for an argument, and goes on when it is there")
    func waiting() async throws {
        let handlers = FakeHandlers(tools: ["find": { _, _ in .result(ToolResult(data: ["seats": 7])) }])
        let chat = try await Conversation(snapshot(handlers))
        #expect(try await chat.ask("I want to book a seat", trace: "t1") == "Where to?")
        #expect(try await chat.ask("Paris", trace: "t2") == "Could you please tell me: seats?")
        #expect(try await places(chat) == ["booking search"])
        #expect(try await chat.ask("2", trace: "t3") == "Seat 7?")
    }

    @Test("does not take a message about something else for an answer")
    func elsewhere() async throws {
        let hours = Guideline.make("hours", "The customer asks about opening hours", action: "Say 8 to 18")
        let chat = try await Conversation(snapshot(guidelines: [hours]))
        _ = try await chat.ask("I want to book a seat", trace: "t1")
        _ = try await chat.ask("What are your opening hours?", trace: "t2")
        #expect(try await places(chat) == ["booking where"])
    }

    @Test("calls the functions of the state and of the journey")
    func functions() async throws {
        let handlers = FakeHandlers(fields: [.journeyState("booking", "where"): ["greeting": "Hello"]])
        var snapshot = try snapshot(handlers)
        snapshot.journeys[0].handlers = [.onSelected, .onMessage]
        snapshot.journeys[0].graph?.states[0].handlers = [.onSelected, .cannedResponseFields]
        snapshot.cannedResponses[0] = try .make("r_where", "{{greeting}}! Where to?")
        let chat = try await Conversation(snapshot)
        #expect(try await chat.ask("I want to book a seat", trace: "t1") == "Hello! Where to?")
        #expect(
            handlers.notifications.withLock { $0 } == [
                "on_selected state where of journey booking", "on_selected journey booking",
                "on_message journey booking",
            ])
    }

    @Test("tells in the last status which journeys counted, and in which states")
    func status() async throws {
        let chat = try await Conversation(snapshot())
        try await chat.say("I want to book a seat", trace: "t1")
        let details = try await chat.turn("t1").last?.data["data"]
        #expect(details?["matched_journeys"] == [["id": "booking"]])
        #expect(details?["matched_journey_states"] == [["id": "journey_state:booking:where"]])
    }

    // MARK: With a model

    @Test("goes on behind a tool whose result an earlier turn has brought, without calling it again")
    func known() async throws {
        let look = Guideline.make("look", "The customer asks for seats", tools: ["find"])
        let count = Mutex(0)
        let handlers = FakeHandlers(tools: [
            "find": { _, _ in
                count.withLock { $0 += 1 }
                return .result(ToolResult(data: ["seats": 7]))
            }
        ])
        let held = Mutex<[Int64]>([])
        let model = ScriptedModel([
            "guideline_matches": { _ in
                let numbers = held.withLock { held in
                    defer { held = [] }
                    return held
                }
                return ["applies": .array(numbers.map { ["number": .integer($0), "reason": "so"] })]
            },
            "tool_calls": { request in
                request.schema["properties"]?["known"] == nil
                    ? ["calls": [["tool": "test:find", "arguments": ["seats": 2]]]]
                    : ["calls": [], "known": ["test:find"]]
            },
            "reply": { _ in ["message": "Yes."] },
        ])
        let chat = try await Conversation(snapshot(handlers, guidelines: [look]), nlp: model)
        held.withLock { $0 = [1] }
        _ = try await chat.ask("Are there two seats?", trace: "t1")
        held.withLock { $0 = [2] }
        _ = try await chat.ask("I want to book them", trace: "t2")
        #expect(try await places(chat) == ["booking where"])
        held.withLock { $0 = [2] }
        _ = try await chat.ask("To Paris", trace: "t3")
        #expect(try await places(chat) == ["booking found"])
        #expect(count.withLock { $0 } == 1)
    }

    @Test("asks about ways in the same request as about conditions, and nothing that code can decide")
    func oneCall() async throws {
        let hours = Guideline.make("hours", "The customer asks about opening hours", action: "Say 8 to 18")
        let answers = Mutex<[[Int]]>([])
        let model = ScriptedModel([
            "guideline_matches": { _ in
                let numbers = answers.withLock { $0.isEmpty ? [] : $0.removeFirst() }
                return ["applies": .array(numbers.map { ["number": .integer(Int64($0)), "reason": "so"] })]
            },
            "tool_calls": { _ in ["calls": [["tool": "test:find", "arguments": ["seats": 2]]]] },
            "reply": { request in ["message": .string(request.prompt.contains("Offer the seat") ? "Seat 7?" : "Hm.")] },
        ])
        let handlers = FakeHandlers(tools: ["find": { _, _ in .result(ToolResult(data: ["seats": 7])) }])
        let chat = try await Conversation(snapshot(handlers, guidelines: [hours]), nlp: model)
        func hold(_ numbers: [Int]...) { answers.withLock { $0 = numbers } }
        func schemas() -> [String] {
            model.requests.withLock { requests in
                defer { requests = [] }
                return requests.map(\.schemaName)
            }
        }
        hold([2])
        _ = try await chat.ask("A seat to Paris", trace: "t1")
        #expect(schemas() == ["guideline_matches", "reply"])
        #expect(try await places(chat) == ["booking where"])

        // The trigger is not asked while the journey is under way: the step takes its number.
        hold([2], [])
        #expect(try await chat.ask("Paris", trace: "t2") == "Hm.")
        let request = model.requests.withLock { $0[0] }
        #expect(!request.system.contains("wants to book a seat"))
        #expect(
            request.prompt.hasSuffix(
                "2. (journey \"Book a seat\", step \"Ask where to\") The step is complete: the agent did it, and the "
                    + "customer answered where it wants an answer"))
        // Behind the tool a fork has to be chosen, which nobody could do before.
        #expect(schemas() == ["guideline_matches", "tool_calls", "guideline_matches", "reply"])
        #expect(try await places(chat) == ["booking found"])

        hold([2])
        #expect(try await chat.ask("And?", trace: "t3") == "Seat 7?")
        #expect(schemas() == ["guideline_matches", "reply"])
        #expect(try await places(chat) == ["booking offer"])
    }

    @Test("asks nobody where the next step is the only one and no guideline has a condition")
    func noCall() async throws {
        let journey = Booking.journey("booking", Booking.chat("a", .always("b")), Booking.chat("b"))
        let model = ScriptedModel(["reply": { _ in ["message": "So."] }])
        var snapshot = AgentSnapshot.make()
        snapshot.journeys = [journey]
        snapshot.triggers = []
        let chat = try await Conversation(snapshot, nlp: model)
        _ = try await chat.engine.updateSession(
            chat.session, SessionChange(agentState: AgentState(journeys: ["booking": JourneyPlace(path: ["a"])])))
        _ = try await chat.ask("Hello", trace: "t1")
        #expect(try await places(chat) == ["booking b"])
        #expect(model.requests.withLock { $0.map(\.schemaName) } == ["reply"])
    }

    @Test("asks about all journeys in one request")
    func several() async throws {
        let ids: [JourneyID] = ["a", "b", "c"]
        let ways = Booking.first(["They agree": "s1", "They refuse": nil])
        let model = ScriptedModel([
            "guideline_matches": { _ in ["applies": [["number": 1, "reason": ""], ["number": 6, "reason": ""]]] },
            "reply": { _ in ["message": "So."] },
        ])
        var snapshot = AgentSnapshot.make()
        snapshot.journeys = ids.map { Booking.journey($0, Booking.chat("s0", ways), Booking.chat("s1")) }
        let chat = try await Conversation(snapshot, nlp: model)
        let state = AgentState(
            journeys: .init(uniqueKeysWithValues: ids.map { ($0, JourneyPlace(path: ["s0"])) }))
        _ = try await chat.engine.updateSession(chat.session, SessionChange(agentState: state))
        _ = try await chat.ask("Well", trace: "t1")
        #expect(model.requests.withLock { $0.map(\.schemaName) } == ["guideline_matches", "reply"])
        #expect(try await places(chat) == ["a s1", "b s0", "c END"])
    }

    @Test("a turn that was cancelled leaves the journeys where they were")
    func cancelled() async throws {
        let valve = Valve()
        let model = ScriptedModel([
            "guideline_matches": { _ in ["applies": [["number": 1, "reason": ""]]] },
            "reply": { request in
                if !request.prompt.contains("Paris") { try await valve.pass() }
                return ["message": "So."]
            },
        ])
        let chat = try await Conversation(snapshot(), nlp: model)
        try await chat.say("I want to book a seat", trace: "t1")
        await valve.waitForArrivals(1)
        try await chat.say("To Paris", trace: "t2")
        _ = try await chat.turn("t2")
        #expect(try await places(chat) == ["booking where"])
    }

    @Test("guidelines of a journey count while it is active, and in the turn in which it begins")
    func scoped() async throws {
        var own = Guideline.make("own", nil, action: "Be brief", matcher: .always)
        own.scope = .journey("booking")
        let chat = try await Conversation(snapshot(guidelines: [own]))
        func matched(_ trace: TraceID) async throws -> Bool {
            let details = try await chat.turn(trace).last?.data["data"]
            return details?["matched_guidelines"]?.array?.contains(["id": "own"]) ?? false
        }
        try await chat.say("Hello", trace: "t1")
        #expect(try await !matched("t1"))
        try await chat.say("I want to book a seat", trace: "t2")
        #expect(try await matched("t2"))
    }
}

@Suite("Choosing ways by words")
struct OfflineWayJudgeTests {
    private func chosen(_ ways: [String], _ message: String, evidence: String = "", elsewhere: Bool = false) -> Int? {
        let questions = ways.enumerated().map { index, text in
            JudgedCondition(
                id: .init(journey: "j", state: "s", question: .way(index)), text: text, context: "", presumed: nil,
                evidence: evidence)
        }
        let holding = OfflineWayJudge.holding(questions, messages: [message], isElsewhere: elsewhere)
        return questions.firstIndex { holding.contains($0.id) }
    }

    static let confirm = ["The customer says yes", "The customer wants to change something", "The customer says no"]
    static let days = ["The customer chooses a day", "No day suits the customer"]
    static let outcome = ["The transfer succeeded", "The transfer failed"]

    @Test(
        "tells yes, no, and shared words apart, and leaves the rest open",
        arguments: [
            (confirm, "Yes please", 0), (confirm, "no, leave it", 2), (confirm, "I'd like to change something", 1),
            (confirm, "What is that?", nil), (days, "No", 1), (days, "I choose another day", 0),
            (days, "Tuesday", nil), (["They accept", "They decline"], "Sure", 0),
            (["They accept", "They decline"], "No", 1),
        ] as [([String], String, Int?)])
    func messages(ways: [String], message: String, expected: Int?) {
        #expect(chosen(ways, message) == expected)
    }

    @Test(
        "tells success and failure of a tool apart by its result",
        arguments: [
            (.result(ToolResult(data: ["id": "t1"])), 0), (.result(ToolResult(data: ["transferred": false])), 1),
            (.failure(reason: "the limit is reached"), 1), (.defect("nil"), 1), (.result(ToolResult(data: .null)), 1),
        ] as [(ToolOutcome, Int)])
    func outcomes(outcome: ToolOutcome, expected: Int) {
        let run = ToolRun(call: ToolCall(tool: ToolID(service: "bank", name: "send"), arguments: [:]), outcome: outcome)
        #expect(chosen(Self.outcome, "Yes", evidence: ToolEvidence.words(run)) == expected)
    }

    @Test("presumes an answer unless the message brings up something else")
    func answered() {
        let question = JudgedCondition(
            id: .init(journey: "j", state: "s", question: .answered), text: "", context: "", presumed: true)
        #expect(OfflineWayJudge.holding([question], messages: ["Tom"], isElsewhere: false) == [question.id])
        #expect(OfflineWayJudge.holding([question], messages: ["Tom"], isElsewhere: true) == [])
    }
}
