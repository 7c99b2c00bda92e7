import ParlantCore
import ParlantEngine
import ParlantStores
import Synchronization
import Testing

@Suite("Tools in turns with a model")
struct ToolTurnTests {
    private static let matched: ScriptedModel.Answer = { _ in ["applies": [["number": 1, "reason": "asked"]]] }
    private static let says: ScriptedModel.Answer = { _ in ["message": "Done."] }

    private func schemas(_ model: ScriptedModel) -> [String] { model.requests.withLock { $0.map(\.schemaName) } }

    private func tools(_ events: [Event]) -> [String] { events.map(\.brief).filter { $0.hasPrefix("tool") } }

    // MARK: Fewer questions

    @Test("what ran is not asked about again: one question for all tools, then the reply")
    func chain() async throws {
        let handlers = FakeHandlers(tools: [
            "find": { _, _ in .result(ToolResult(data: 1)) }, "count": { _, _ in .result(ToolResult(data: 2)) },
        ])
        let model = ScriptedModel([
            "guideline_matches": Self.matched,
            "tool_calls": { _ in
                [
                    "calls": [
                        ["tool": "test:find", "arguments": ["word": "cat"]],
                        ["tool": "test:count", "arguments": ["word": "cat"]],
                    ]
                ]
            }, "reply": Self.says,
        ])
        let guideline = Guideline.make("g", "The customer asks", tools: ["find", "count"])
        let snapshot = AgentSnapshot.make(
            [guideline], tools: ToolDrawing.tools("find(word) count(word)"), handlers: handlers)
        let chat = try await Conversation(snapshot, nlp: model)
        try await chat.say("Cats?", trace: "t1")
        #expect(tools(try await chat.turn("t1")) == ["tool test:find,test:count"])
        #expect(schemas(model) == ["guideline_matches", "tool_calls", "reply"])
    }

    @Test("a tool that waits for what another one brings is asked about again, alone, with the result")
    func dependent() async throws {
        let handlers = FakeHandlers(tools: [
            "find": { _, _ in .result(ToolResult(data: ["id": "A7"])) },
            "open": { arguments, _ in .result(ToolResult(data: arguments["id"] ?? .null)) },
        ])
        let model = ScriptedModel([
            "guideline_matches": Self.matched,
            "tool_calls": { request in
                request.prompt.contains("A7")
                    ? ["calls": [["tool": "test:open", "arguments": ["id": "A7"]]]]
                    : [
                        "calls": [
                            ["tool": "test:find", "arguments": ["word": "cat"]],
                            ["tool": "test:open", "arguments": ["id": .null]],
                        ]
                    ]
            },
            "reply": { request in ["message": .string(request.prompt.contains("ask the customer") ? "?" : "Open.")] },
        ])
        let guideline = Guideline.make("g", "The customer asks", tools: ["find", "open"])
        let chat = try await Conversation(
            .make([guideline], tools: ToolDrawing.tools("find(word) open(id)"), handlers: handlers), nlp: model)
        #expect(try await chat.ask("Open the cat", trace: "t1") == "Open.")
        #expect(tools(try await chat.turn("t1")) == ["tool test:find", "tool test:open"])
        let asked = model.requests.withLock { $0 }.filter { $0.schemaName == "tool_calls" }
        #expect(asked.map { $0.system.contains("test:find: ") } == [true, false])
    }

    @Test("overlapping tools share a question and one of them runs, also when the model wants both")
    func overlapping() async throws {
        let handlers = FakeHandlers(tools: [
            "find": { _, _ in .result(ToolResult(data: 1)) }, "search": { _, _ in .result(ToolResult(data: 2)) },
        ])
        let model = ScriptedModel([
            "guideline_matches": Self.matched,
            "tool_calls": { _ in
                [
                    "calls": [
                        ["tool": "test:search", "arguments": ["word": "cat"]],
                        ["tool": "test:find", "arguments": ["word": "cat"]],
                    ]
                ]
            }, "reply": Self.says,
        ])
        var snapshot = AgentSnapshot.make(
            [.make("g", "The customer asks", tools: ["find", "search"])],
            tools: ToolDrawing.tools("find(word) search(word)"), handlers: handlers)
        snapshot.relationships = ToolDrawing.overlaps(["find~search"])
        let chat = try await Conversation(snapshot, nlp: model)
        try await chat.say("Cats?", trace: "t1")
        let events = try await chat.turn("t1")
        #expect(tools(events) == ["tool test:search"])
        #expect(schemas(model) == ["guideline_matches", "tool_calls", "reply"])
        #expect(events.contains { $0.brief == "< Done." })
        let verdicts = try await chat.explanation("t1")?["tool_verdicts"]
        #expect(
            verdicts?.array?.map { $0["outcome"] } == [
                "needs_to_run", "not_needed", "not_needed", "data_already_in_context",
            ])
        #expect(verdicts?.array?[1]["reason"] == "test:search does it in this turn")
    }

    // MARK: Running

    /// An agent whose guideline offers tools without parameters.
    private func agent(_ names: [String], _ handlers: FakeHandlers) -> AgentSnapshot {
        .make(
            [.make("g", nil, matcher: .always, tools: names)], tools: names.map { Tool.make($0) }, handlers: handlers)
    }

    @Test("the calls of a round run side by side")
    func parallel() async throws {
        let valve = Valve()
        let handlers = FakeHandlers(tools: [
            "a": { _, _ in
                try await valve.pass()
                return .result(ToolResult(data: 1))
            },
            "b": { _, _ in
                try await valve.pass()
                return .result(ToolResult(data: 2))
            },
        ])
        let chat = try await Conversation(agent(["a", "b"], handlers), nlp: ScriptedModel(["reply": Self.says]))
        try await chat.say("Hi", trace: "t1")
        await valve.waitForArrivals(2)
        valve.open()
        #expect(tools(try await chat.turn("t1")) == ["tool test:a,test:b"])
    }

    @Test("a tool that fails, breaks or takes too long fails alone; the reply knows of it, the session does not")
    func failures() async throws {
        struct TooSlow: Error {}
        let handlers = FakeHandlers(tools: [
            "a": { _, _ in .failure(reason: "the line is busy") }, "b": { _, _ in throw TooSlow() },
            "c": { _, _ in throw CancellationError() }, "d": { _, _ in .result(ToolResult(data: "fine")) },
        ])
        let model = ScriptedModel(["reply": Self.says])
        let chat = try await Conversation(agent(["a", "b", "c", "d"], handlers), nlp: model)
        #expect(try await chat.ask("Hi", trace: "t1") == "Done.")
        #expect(tools(try await chat.turn("t1")) == ["tool test:d"])
        let prompt = try #require(model.requests.withLock { $0.last?.prompt })
        #expect(prompt.contains("test:a{} failed: the line is busy"))
        #expect(prompt.contains("test:b{} failed: the tool failed"))
        #expect(prompt.contains("test:c{} failed: the tool failed"))
        #expect(!prompt.contains("TooSlow"))
        #expect(prompt.contains("test:d{} returned \"fine\""))
    }

    @Test("a result for this reply only is in its prompt, and in no later one")
    func lifespan() async throws {
        let handlers = FakeHandlers(tools: [
            "a": { _, _ in .result(ToolResult(data: "secret plan", lifespan: .response)) }
        ])
        let model = ScriptedModel(["reply": Self.says])
        var snapshot = agent(["a"], handlers)
        snapshot.guidelines[0] = .make("g", nil, matcher: .code, tools: ["a"])
        snapshot.handlers = FakeHandlers(
            tools: handlers.tools, matchers: ["g": { context in (context.interaction.messages.count == 1, nil) }])
        let chat = try await Conversation(snapshot, nlp: model)
        _ = try await chat.ask("One", trace: "t1")
        _ = try await chat.ask("Two", trace: "t2")
        #expect(tools(try await chat.turn("t1")).isEmpty)
        #expect(model.requests.withLock { $0.map { $0.prompt.contains("secret plan") } } == [true, false])
    }

    @Test(
        "rules that a result brings count for its reply: they leave out what has a lower priority, and are on no wire")
    func transient() async throws {
        let rule = ToolResult.TransientGuideline(
            action: "Offer a smaller amount", condition: "the amount is large", priority: 5)
        let handlers = FakeHandlers(tools: ["a": { _, _ in .result(ToolResult(data: 1, guidelines: [rule])) }])
        let model = ScriptedModel(["reply": Self.says])
        let chat = try await Conversation(agent(["a"], handlers), nlp: model)
        try await chat.say("Hi", trace: "t1")
        let events = try await chat.turn("t1")
        let prompt = try #require(model.requests.withLock { $0.last?.prompt })
        #expect(prompt.contains("- When the amount is large: Offer a smaller amount"))
        #expect(!prompt.contains("Do it"))
        #expect(events.last?.data["data"]?["matched_guidelines"] == [])
    }

    @Test("a function of choices that fails keeps its tool from running, and no other")
    func choices() async throws {
        struct Broken: Error {}
        let handlers = FakeHandlers(tools: [
            "a": { _, _ in .result(ToolResult(data: 1)) }, "b": { _, _ in .result(ToolResult(data: 2)) },
        ]) { _ in throw Broken() }
        var snapshot = agent(["a"], handlers)
        let tool = Tool.make("b", [ToolParameter(name: "x", kind: .string, choices: .code)])
        snapshot.tools[tool.id] = tool
        snapshot.guidelines[0].tools.append(tool.id)
        let model = ScriptedModel(["reply": Self.says])
        let chat = try await Conversation(snapshot, nlp: model)
        try await chat.say("Hi", trace: "t1")
        let events = try await chat.turn("t1")
        #expect(tools(events) == ["tool test:a"])
        #expect(schemas(model) == ["reply"])
        #expect(events.contains { $0.brief == "< Done." })
        let verdicts = try await chat.explanation("t1")?["tool_verdicts"]
        #expect(verdicts?.array?.contains { $0["outcome"] == "cannot_run" } ?? false)
    }

    @Test("a turn makes as many rounds as the agent allows")
    func rounds() async throws {
        let number = Mutex<Int64>(0)
        let parameter = ToolParameter(name: "n", kind: .integer)
        let handlers = FakeHandlers(tools: [
            "t": { _, _ in
                .invalid([ParameterProblem(tool: ToolDrawing.id("t"), parameter: parameter, reason: "n: another one")])
            }
        ])
        let model = ScriptedModel([
            "tool_calls": { _ in
                let next = number.withLock { number in
                    number += 1
                    return number
                }
                return ["calls": [["tool": "test:t", "arguments": ["n": .integer(next)]]]]
            },
            "reply": { request in ["message": .string(request.prompt.contains("n: another one") ? "Which?" : "?")] },
        ])
        var snapshot = AgentSnapshot.make(
            [.make("g", nil, matcher: .always, tools: ["t"])], tools: [.make("t", [parameter])], handlers: handlers)
        snapshot.agent.maxEngineIterations = 4
        let chat = try await Conversation(snapshot, nlp: model)
        #expect(try await chat.ask("Hi", trace: "t1") == "Which?")
        #expect(number.withLock { $0 } == 4)
    }

    @Test("a hand-off stays when a tool of a later round wants to answer again")
    func handOff() async throws {
        let handlers = FakeHandlers(tools: [
            "a": { _, _ in .result(ToolResult(data: 1, mode: .manual)) },
            "b": { _, _ in .result(ToolResult(data: 2, mode: .auto)) },
        ])
        let model = ScriptedModel(["guideline_matches": Self.matched, "reply": Self.says])
        var snapshot = AgentSnapshot.make(
            [
                .make("g", nil, matcher: .always, tools: ["a"]),
                .make("h", nil, matcher: .code, tools: ["b"]),
            ], tools: [.make("a"), .make("b")],
            handlers: FakeHandlers(
                tools: handlers.tools, matchers: ["h": { context in (!context.toolCalls.isEmpty, nil) }]))
        snapshot.relationships = [
            Relationship(
                id: "r", kind: .reevaluation, source: .guideline("h"), target: .tool(ToolDrawing.id("a")))
        ]
        let chat = try await Conversation(snapshot, nlp: model)
        try await chat.say("Hi", trace: "t1")
        #expect(tools(try await chat.turn("t1")) == ["tool test:a", "tool test:b"])
        #expect(try await chat.sessions.read(chat.session).mode == .manual)
    }
}
