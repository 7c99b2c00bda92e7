import ParlantCore
import ParlantEngine
import Synchronization
import Testing

@Suite("Consequential tools in turns with a model")
struct ConsequentialToolTurnTests {
    private static let matched: ScriptedModel.Answer = { _ in ["applies": [["number": 1, "reason": "asked"]]] }
    private static let says: ScriptedModel.Answer = { _ in ["message": "Done."] }

    /// A call of `transfer` as a careful answer has it.
    private static func transfer(_ amount: Int64, again: Bool = false) -> JSONValue {
        [
            "tool": "test:transfer", "wanted_again": .boolean(again),
            "arguments": ["amount": ["evidence": "20", "verdict": "stated", "value": .integer(amount)]],
        ]
    }

    private static func careful(_ calls: JSONValue...) -> JSONValue {
        ["rationale": "They want it.", "outcome": "needs_to_run", "calls": .array(calls)]
    }

    private static let transfer = Tool.make(
        "transfer", [ToolParameter(name: "amount", kind: .number)], consequential: true)
    private static let send = Guideline.make("send", "The customer wants to send money", tools: ["transfer"])

    private func schemas(_ model: ScriptedModel) -> [String] { model.requests.withLock { $0.map(\.schemaName) } }

    private func tools(_ events: [Event]) -> [String] { events.map(\.brief).filter { $0.hasPrefix("tool") } }

    @Test("a consequential call that the model names twice, and after a guideline was judged anew, runs once")
    func once() async throws {
        let count = Mutex(0)
        let handlers = FakeHandlers(tools: [
            "transfer": { _, _ in
                count.withLock { $0 += 1 }
                return .result(ToolResult(data: ["sent": true]))
            }
        ])
        let model = ScriptedModel([
            "guideline_matches": Self.matched,
            "consequential_tool_call": { _ in Self.careful(Self.transfer(20), Self.transfer(20)) }, "reply": Self.says,
        ])
        var snapshot = AgentSnapshot.make(
            [Self.send, .make("sent", "Money was sent", tools: ["transfer"])], tools: [Self.transfer],
            handlers: handlers)
        snapshot.relationships = [
            Relationship(
                id: "r", kind: .reevaluation, source: .guideline("sent"), target: .tool(Self.transfer.id))
        ]
        let chat = try await Conversation(snapshot, nlp: model)
        #expect(try await chat.ask("Send 20 euro", trace: "t1") == "Done.")
        #expect(count.withLock { $0 } == 1)
        #expect(schemas(model) == ["guideline_matches", "consequential_tool_call", "guideline_matches", "reply"])
        #expect(tools(try await chat.turn("t1")) == ["tool test:transfer"])
    }

    @Test("a message that comes while a consequential tool runs waits: what was done is told, and is not done again")
    func doubleText() async throws {
        let valve = Valve()
        let count = Mutex(0)
        let handlers = FakeHandlers(tools: [
            "transfer": { _, _ in
                count.withLock { $0 += 1 }
                try await valve.pass()
                return .result(ToolResult(data: ["sent": true]))
            }
        ])
        let model = ScriptedModel([
            "guideline_matches": Self.matched,
            "consequential_tool_call": { _ in Self.careful(Self.transfer(20)) }, "reply": Self.says,
        ])
        let chat = try await Conversation(
            .make([Self.send], tools: [Self.transfer], handlers: handlers), nlp: model)
        try await chat.say("Send 20 euro", trace: "t1")
        await valve.waitForArrivals(1)
        try await chat.say("Are you there?", trace: "t2")
        valve.open()
        let (first, second) = (try await chat.turn("t1"), try await chat.turn("t2"))
        #expect(first.map(\.brief).suffix(4) == ["typing", "< Done.", "ready", "ready completed"])
        #expect(second.contains { $0.brief == "< Done." } && tools(second).isEmpty)
        #expect(count.withLock { $0 } == 1)
    }

    @Test("a message that comes while somebody still judges cancels the turn, and its tool never runs")
    func cancelledBefore() async throws {
        let valve = Valve()
        let count = Mutex(0)
        let handlers = FakeHandlers(tools: [
            "transfer": { _, _ in
                count.withLock { $0 += 1 }
                return .result(ToolResult(data: true))
            }
        ])
        let model = ScriptedModel([
            "guideline_matches": Self.matched,
            "consequential_tool_call": { request in
                if !request.prompt.contains("30") { try await valve.pass() }
                return Self.careful(Self.transfer(30))
            }, "reply": Self.says,
        ])
        let chat = try await Conversation(
            .make([Self.send], tools: [Self.transfer], handlers: handlers), nlp: model)
        try await chat.say("Send 20 euro", trace: "t1")
        await valve.waitForArrivals(1)
        try await chat.say("No, 30", trace: "t2")
        #expect(try await chat.turn("t1").map(\.brief).suffix(2) == ["cancelled", "ready completed"])
        #expect(tools(try await chat.turn("t2")) == ["tool test:transfer"])
        #expect(count.withLock { $0 } == 1)
    }

    @Test("a consequential tool that broke is in the session, because it may have done its work")
    func broken() async throws {
        struct TooSlow: Error {}
        let count = Mutex(0)
        let handlers = FakeHandlers(tools: [
            "transfer": { _, _ in
                count.withLock { $0 += 1 }
                throw TooSlow()
            }
        ])
        let model = ScriptedModel([
            "guideline_matches": Self.matched,
            "consequential_tool_call": { _ in Self.careful(Self.transfer(20)) }, "reply": Self.says,
        ])
        let chat = try await Conversation(
            .make([Self.send], tools: [Self.transfer], handlers: handlers), nlp: model)
        _ = try await chat.ask("Send 20 euro", trace: "t1")
        #expect(tools(try await chat.turn("t1")) == ["tool test:transfer"])
        _ = try await chat.ask("Hello?", trace: "t2")
        #expect(count.withLock { $0 } == 1)
        let prompt = try #require(model.requests.withLock { $0.last?.prompt })
        #expect(prompt.contains("returned \"the tool failed, and whether it took effect is not known\""))
    }

    @Test("a call that would repeat what an earlier turn did is asked about, unless the customer wants it again")
    func again() async throws {
        let count = Mutex(0)
        let handlers = FakeHandlers(tools: [
            "transfer": { _, _ in
                count.withLock { $0 += 1 }
                return .result(ToolResult(data: ["sent": true]))
            }
        ])
        let model = ScriptedModel([
            "guideline_matches": Self.matched,
            "consequential_tool_call": { request in
                Self.careful(Self.transfer(20, again: request.prompt.contains("Yes, again")))
            },
            "reply": { request in
                ["message": .string(request.prompt.contains("wants it once more") ? "Again?" : "Sent.")]
            },
        ])
        let chat = try await Conversation(
            .make([Self.send], tools: [Self.transfer], handlers: handlers), nlp: model)
        #expect(try await chat.ask("Send 20 euro", trace: "t1") == "Sent.")
        #expect(try await chat.ask("Send 20 euro", trace: "t2") == "Again?")
        #expect(count.withLock { $0 } == 1)
        #expect(try await chat.ask("Yes, again", trace: "t3") == "Sent.")
        #expect(count.withLock { $0 } == 2)
    }

    @Test("a reply that failed leaves the customer untold: the same call does not run again, whatever the model says")
    func untold() async throws {
        let count = Mutex(0)
        let fails = Mutex(true)
        let handlers = FakeHandlers(tools: [
            "transfer": { _, _ in
                count.withLock { $0 += 1 }
                return .result(ToolResult(data: ["sent": true]))
            }
        ])
        let model = ScriptedModel([
            "guideline_matches": Self.matched,
            "consequential_tool_call": { _ in Self.careful(Self.transfer(20, again: true)) },
            "reply": { request in
                if fails.withLock({ $0 }) { throw NLPError(.unavailable, "it is down") }
                return ["message": .string(request.prompt.contains("earlier: test:transfer") ? "It is sent." : "?")]
            },
        ])
        let chat = try await Conversation(
            .make([Self.send], tools: [Self.transfer], handlers: handlers), nlp: model)
        try await chat.say("Send 20 euro", trace: "t1")
        #expect(try await chat.turn("t1").contains { $0.brief == "error" })
        fails.withLock { $0 = false }
        #expect(try await chat.ask("Send 20 euro!", trace: "t2") == "It is sent.")
        #expect(count.withLock { $0 } == 1)
        // Now the customer knows, and may want it once more.
        _ = try await chat.ask("And another 20 euro", trace: "t3")
        #expect(count.withLock { $0 } == 2)
    }
}
