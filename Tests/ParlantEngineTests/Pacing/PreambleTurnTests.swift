import ParlantCore
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Turns with quick first words")
struct PreambleTurnTests {
    private static func paced(
        _ responses: [CannedResponse] = [], _ pacing: Pacing = .standard, mode: CompositionMode = .fluid
    ) -> AgentSnapshot {
        var snapshot = AgentSnapshot.make(
            [.make("all", nil, action: "Answer", matcher: .always)],
            responses: responses, agentResponses: responses.map(\.id), mode: mode)
        snapshot.agent.preamble = Preamble(examples: ["One moment."], instructions: ["Never say sorry"])
        snapshot.agent.pacing = pacing
        return snapshot
    }

    private static func preamble(_ id: CannedResponseID, _ text: String) throws -> CannedResponse {
        var response = try CannedResponse.make(id, text)
        response.tags = [CannedResponse.preambleTag]
        return response
    }

    /// A model whose reply waits for the valve.
    private static func slow(_ valve: Valve, _ text: String = "It is here.") -> ScriptedModel {
        ScriptedModel([
            "preamble": { _ in ["message": "Let me look."] },
            "reply": { _ in
                try await valve.pass()
                return ["message": .string(text)]
            },
        ])
    }

    private func firstWords(_ chat: Conversation, after count: Int = 0) async throws -> Event {
        let query = EventQuery(minOffset: count, kinds: [.message], source: .aiAgent)
        let events = try await chat.engine.waitForEvents(of: chat.session, matching: query, timeout: .seconds(3600))
        return try #require(events.first)
    }

    @Test("a slow reply is preceded by a small model's first words, marked as such; the reply knows them")
    func model() async throws {
        let valve = Valve()
        let model = Self.slow(valve)
        let chat = try await Conversation(Self.paced(), nlp: model)
        try await chat.say("Where is my order?", trace: "t1")
        await valve.waitForArrivals(1)
        await chat.clock.waitForSleepers(1)
        chat.clock.advance(by: .seconds(2))
        let event = try await firstWords(chat)
        #expect(event.brief == "< Let me look.")
        #expect(event.data["tags"] == ["__preamble__"])
        valve.open()
        let events = try await chat.turn("t1")
        let texts = events.filter { $0.kind == .message && $0.source == .aiAgent }.map(\.brief)
        #expect(texts == ["< Let me look.", "< It is here."])
        let request = try #require(model.requests.withLock { $0 }.first { $0.schemaName == "preamble" })
        #expect(request.size == .nano)
        #expect(request.system.contains("- One moment."))
        #expect(request.system.contains("- Never say sorry"))
        #expect(request.prompt.contains("customer: Where is my order?"))
    }

    @Test("a reply that is there before the time of the first words comes alone, and nothing after it")
    func fast() async throws {
        let valve = Valve()
        valve.open()
        let chat = try await Conversation(Self.paced(), nlp: Self.slow(valve))
        #expect(try await chat.ask("Hi", trace: "t1") == "It is here.")
        chat.clock.advance(by: .seconds(60))
        let events = try await chat.engine.events(of: chat.session, matching: .init())
        #expect(
            events.map(\.brief) == [
                "> Hi", "acknowledged", "processing Interpreting", "typing", "< It is here.", "ready",
                "ready completed",
            ])
    }

    @Test("a turn that is cancelled takes its first words with it")
    func cancelled() async throws {
        let valve = Valve()
        let words = Valve()
        let model = ScriptedModel([
            "preamble": { _ in
                try await words.pass()
                return ["message": "Let me look."]
            },
            "reply": { request in
                if !request.prompt.contains("two") { try await valve.pass() }
                return ["message": "Both."]
            },
        ])
        let chat = try await Conversation(Self.paced(), nlp: model)
        try await chat.say("one", trace: "t1")
        await valve.waitForArrivals(1)
        await words.waitForArrivals(1)
        await chat.clock.waitForSleepers(1)
        chat.clock.advance(by: .seconds(2))
        #expect(try await chat.ask("two", trace: "t2") == "Both.")
        words.open()
        chat.clock.advance(by: .seconds(60))
        let first = try await chat.engine.events(of: chat.session, matching: EventQuery(traceID: "t1"))
        #expect(!first.contains { $0.kind == .message && $0.source == .aiAgent })
        #expect(first.map(\.brief).suffix(2) == ["cancelled", "ready completed"])
    }

    @Test("canned first words go before a model's, by what was said, else one after the other")
    func canned() async throws {
        let valve = Valve()
        let responses = [
            try Self.preamble("a", "One moment, {{std.customer.name}}."), try Self.preamble("b", "Let me check."),
            try Self.preamble("c", "About parking: let me see."), try Self.preamble("d", "{{absent}}"),
        ]
        let model = Self.slow(valve)
        let chat = try await Conversation(Self.paced(responses, .voice), nlp: model)
        var said: [String] = []
        for (number, text) in ["Hello", "And parking?", "Thanks"].enumerated() {
            let last = try await chat.say(text, trace: TraceID("t\(number)"))
            said.append(try await firstWords(chat, after: last.offset).brief)
            if number == 0 { valve.open() }
            _ = try await chat.turn(TraceID("t\(number)"))
        }
        #expect(said.first == "< One moment, Guest.")
        #expect(model.requests.withLock { $0 }.allSatisfy { $0.schemaName != "preamble" })
    }

    @Test("strict mode takes first words from canned responses alone")
    func strict() async throws {
        let valve = Valve()
        let model = Self.slow(valve)
        let chat = try await Conversation(Self.paced([try .make("r", "Canned.")], .voice, mode: .strict), nlp: model)
        try await chat.say("Hi", trace: "t1")
        await valve.waitForArrivals(1)
        valve.open()
        _ = try await chat.turn("t1")
        #expect(model.requests.withLock { $0 }.map(\.schemaName) == ["reply"])
    }

    @Test(
        "first words of several lines, empty or too long are not said",
        arguments: ["", " \n ", "a\nb", String(repeating: "a", count: 161)])
    func unusable(text: String) async throws {
        let valve = Valve()
        let model = ScriptedModel([
            "preamble": { _ in ["message": .string(text)] },
            "reply": { _ in
                try await valve.pass()
                return ["message": "Here."]
            },
        ])
        let chat = try await Conversation(Self.paced([], .standard), nlp: model)
        try await chat.say("Hi", trace: "t1")
        await valve.waitForArrivals(1)
        await chat.clock.waitForSleepers(1)
        chat.clock.advance(by: .seconds(5))
        await chat.clock.waitForSleepers(1)
        chat.clock.advance(by: .seconds(5))
        valve.open()
        let messages = try await chat.turn("t1").filter { $0.kind == .message && $0.source == .aiAgent }
        #expect(messages.map(\.brief) == ["< Here."])
    }

    @Test("an agent without a preamble keeps no pace")
    func none() {
        #expect(Agent(id: "a", name: "A").pacing == .none)
        #expect(Agent(id: "a", name: "A", preamble: Preamble()).pacing == .standard)
        #expect(Agent(id: "a", name: "A", preamble: Preamble(), pacing: Pacing.none).pacing == .none)
        #expect(Agent(id: "a", name: "A", pacing: .voice).pacing == .voice)
    }
}

@Suite("Replies of several paragraphs")
struct ParagraphTurnTests {
    private let model = ScriptedModel(["reply": { _ in ["message": "First.\n\nSecond.\n \n\nThird."] }])

    @Test("each paragraph is a message of its own, at once without pacing")
    func split() async throws {
        let chat = try await Conversation(.make(), nlp: model)
        try await chat.say("Hi", trace: "t1")
        #expect(
            try await chat.turn("t1").map(\.brief).suffix(6)
                == ["typing", "< First.", "< Second.", "< Third.", "ready", "ready completed"])
    }

    @Test("each message carries the canned response and the draft")
    func canned() async throws {
        let snapshot = AgentSnapshot.make(
            [.make("g", "c", responses: ["r"])], responses: [try .make("r", "One.\n\nTwo.")], mode: .strict)
        let strict = ScriptedModel([
            "guideline_matches": { _ in ["applies": [["number": 1, "reason": "asked"]]] },
            "reply": { _ in ["message": "Draft", "canned_response": 1, "match": "high", "follow_up": .null] },
        ])
        let chat = try await Conversation(snapshot, nlp: strict)
        try await chat.say("Hi", trace: "t1")
        let messages = try await chat.turn("t1").filter { $0.kind == .message && $0.source == .aiAgent }
        #expect(messages.map(\.brief) == ["< One.", "< Two."])
        #expect(messages.allSatisfy { $0.data["draft"] == "Draft" })
        #expect(messages.allSatisfy { $0.data["canned_responses"] == [["r", "One.\n\nTwo."]] })
    }

    @Test("with pacing the agent types between them, as long as the next one takes")
    func pauses() async throws {
        var snapshot = AgentSnapshot.make()
        snapshot.agent.pacing = .standard
        let text = "First.\n\n\(String(repeating: "a", count: 20))"
        let chat = try await Conversation(
            snapshot,
            nlp: ScriptedModel(["reply": { _ in ["message": .string(text)] }, "preamble": { _ in ["message": ""] }]))
        try await chat.say("Hi", trace: "t1")
        let query = EventQuery(kinds: [.message], source: .aiAgent)
        _ = try await chat.engine.waitForEvents(of: chat.session, matching: query, timeout: .seconds(3600))
        await chat.clock.waitForSleepers(1)
        #expect(try await chat.engine.events(of: chat.session, matching: query).count == 1)
        #expect(chat.clock.nextDeadline == .seconds(1))
        chat.clock.advance(by: .seconds(1))
        let events = try await chat.turn("t1")
        #expect(events.map(\.brief).filter { $0 == "typing" }.count == 2)
        #expect(events.count { $0.kind == .message && $0.source == .aiAgent } == 2)
    }

    @Test(
        "blank lines divide, code stays whole, and the last of too many takes the rest",
        arguments: [
            ("One.", ["One."]), ("  One.\n", ["  One.\n"]), ("a\nb\n\nc", ["a\nb", "c"]), ("a\r\n\r\nb", ["a", "b"]),
            ("See:\n```\na\n\nb\n```\n\nDone.", ["See:\n```\na\n\nb\n```", "Done."]),
            ("```\nnever closed\n\nx", ["```\nnever closed\n\nx"]), ("\n\n", ["\n\n"]), ("", [""]),
            ("1\n\n2\n\n3\n\n4\n\n5\n\n6\n\n7\n\n8\n\n9", ["1", "2", "3", "4", "5", "6", "7", "8\n\n9"]),
        ] as [(String, [String])])
    func paragraphs(text: String, paragraphs: [String]) {
        #expect(Paragraphs.split(text) == paragraphs)
    }
}
