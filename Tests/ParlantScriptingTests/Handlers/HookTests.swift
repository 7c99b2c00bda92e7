import ParlantCore
import Testing

@testable import ParlantScripting

@Suite("Hooks")
struct HookTests {
    /// Runs the hooks of a step of an agent whose body this is.
    private func run(
        _ step: HookStep, _ event: HookEvent = HookEvent(), _ body: String, _ loader: Loader = Loader()
    ) async throws -> (HookVerdict, [String]) {
        let caller = Caller(try await loader.agent(body))
        let verdict = try await caller.agent.handlers.runHooks(step, event, in: caller.context)
        return (verdict, caller.effects.log)
    }

    @Test("go on when they say nothing, and each sees the text that the one before left")
    func replacing() async throws {
        let (verdict, log) = try await run(
            .messageGenerated, HookEvent(text: "hi"),
            """
            agent:on("message_generated", function(ctx, event) event:replace(event.text .. " there") end)
            agent:on("message_generated", function(ctx, event)
              event:replace(event.text:upper())
              ctx:emit_custom { step = event.step, text = event.text }
            end)
            """)
        #expect(verdict == HookVerdict(.next, text: "HI THERE"))
        #expect(log == [#"custom {"step":"message_generated","text":"HI THERE"}"#])
    }

    @Test(
        "stop the later ones with a verdict",
        arguments: [("resolve", HookVerdict.Decision.resolve), ("bail", .bail)])
    func verdicts(word: String, decision: HookVerdict.Decision) async throws {
        let (verdict, log) = try await run(
            .preparing, HookEvent(),
            """
            agent:on("preparing", function(ctx) ctx:emit_message("first") return "\(word)" end)
            agent:on("preparing", function(ctx) ctx:emit_message("second") end)
            """)
        #expect(verdict == HookVerdict(decision, decider: "agent x"))
        #expect(log == ["message first"])
    }

    @Test("that fail are in the log and change nothing")
    func failing() async throws {
        let loader = Loader()
        let (verdict, log) = try await run(
            .draftGenerated, HookEvent(text: "draft"),
            """
            agent:on("draft_generated", function(ctx, event) event:replace("half") error("broken") end)
            agent:on("draft_generated", function() return "stop" end)
            agent:on("draft_generated", function(ctx, event) ctx:emit_message(event.text) end)
            """, loader)
        #expect(verdict == HookVerdict(.next, text: "draft"))
        #expect(log == ["message draft"])
        #expect(
            loader.log.lines.map(\.message) == [
                "agents/x.lua:3: broken",
                "agents/x.lua:4: a hook returns nothing, \"resolve\" or \"bail\"; this one returned string \"stop\"",
            ])
        #expect(loader.log.lines[0].metadata["handler"] == "draft_generated of agent x")
    }

    @Test("see what failed at the step error")
    func error() async throws {
        let (_, log) = try await run(
            .error, HookEvent(error: "the model is away"),
            """
            agent:on("error", function(ctx, event)
              ctx:emit_custom { error = event.error, has_text = event.text ~= nil, calls = #ctx.tool_calls }
            end)
            """)
        #expect(log == [#"custom {"calls":0,"error":"the model is away","has_text":false}"#])
    }

    @Test(
        "are told what an event does not allow",
        arguments: [
            (
                HookStep.preparing, "event:replace(\"x\")",
                "event:replace: there is no text to replace at preparing "
                    + "(only at: preamble_generated, draft_generated, message_generated)"
            ),
            (.messageGenerated, "event:replace(7)", "event:replace: expected a string, got number 7"),
            (
                .messageGenerated, "event:replace(\" \")",
                "event:replace: the text is empty; return \"bail\" to send nothing"
            ),
            (
                .messageGenerated, "event:replace((\"x\"):rep(70000))",
                "event:replace: the text has 70000 bytes, more than the limit of 65536 bytes"
            ),
            (
                .messageGenerated, "event.replace(\"x\")",
                "event.replace: call it with a colon, as in event:replace(…)"
            ),
            (.messageGenerated, "event.text = \"x\"", "event.text: read-only; use event:replace(text)"),
            (.messageGenerated, "print(event.txt)", "event: there is no 'txt' (did you mean 'text'?)"),
            (
                .messageGenerated, "print(ctx.state)",
                "ctx.state: not available in a hook (only in: hook of a plugin, NLP provider, customer store, load, unload and save of a plugin)"
            ),
        ])
    func refusals(step: HookStep, body: String, text: String) async throws {
        let loader = Loader()
        let (verdict, _) = try await run(
            step, HookEvent(text: "t"), "agent:on(\"\(step.rawValue)\", function(ctx, event) \(body) end)", loader)
        #expect(verdict == HookVerdict(.next, text: "t"))
        #expect(loader.log.lines.map(\.message) == ["agents/x.lua:3: \(text)"])
    }

    @Test("of plugins run first, in the order of the server's list, with their own settings and state")
    func plugins() async throws {
        func plugin(_ name: String) -> String {
            """
            local parlant = require "parlant"
            return parlant.plugin {
              name = "\(name)", version = "1",
              config = { { name = "mark", type = "string" } },
              load = function(ctx) ctx.state.count = 0 end,
              hooks = { message_generated = function(ctx, event)
                ctx.state.count = ctx.state.count + 1
                event:replace(event.text .. ctx.config.mark .. ctx.state.count .. ctx.agent.id)
              end },
            }
            """
        }
        let loader = Loader(
            configuration: ["alpha": ["mark": "A"], "beta": ["mark": "B"]], plugins: ["beta", "alpha"])
        let scripts = try await loader.scripts([
            "agents/x.lua": Loader.file(
                "agent:on(\"message_generated\", function(ctx, event) event:replace(event.text .. \"!\") end)"),
            "agents/y.lua": Loader.file("agent:guideline { condition = \"c\", action = \"a\" }"),
            "plugins/alpha.lua": plugin("alpha"), "plugins/beta/init.lua": plugin("beta"),
        ])
        await PluginLifecycle.begin(scripts.plugins, after: [:])
        func text(of id: AgentID) async throws -> String? {
            let caller = Caller(try #require(scripts.snapshot(of: id)))
            let event = HookEvent(text: "")
            return try await caller.agent.handlers.runHooks(.messageGenerated, event, in: caller.context).text
        }
        #expect(try await text(of: "x") == "B1xA1x!")
        #expect(try await text(of: "y") == "B2yA2y")
        #expect(loader.log.lines.isEmpty)
    }

    @Test("cost nothing where there are none")
    func absent() async throws {
        let agent = try await Loader().agent("agent:on(\"preparing\", function() end)")
        #expect(HookStep.allCases.filter(agent.handlers.hasHooks) == [.preparing])
        let verdict = try await agent.handlers.runHooks(.acknowledged, HookEvent(text: "t"), in: Caller(agent).context)
        #expect(verdict == HookVerdict(.next, text: "t"))
    }

    @Test("that wait end with their time, and the turn that was cancelled ends at once")
    func waiting() async throws {
        let clock = TestClock()
        let loader = Loader(clock: clock, limits: ScriptLimits())
        let caller = Caller(
            try await loader.agent(
                """
                agent:on("preparing", function(ctx) pcall(ctx.time.sleep, ctx.time, 80000) end)
                agent:on("preparing", function(ctx) ctx:emit_message("second") end)
                """))
        let hooks = Task { try await caller.agent.handlers.runHooks(.preparing, HookEvent(), in: caller.context) }
        try await clock.waitForSleepers(2)
        clock.advance(by: .seconds(30))
        #expect(try await hooks.value == HookVerdict(.next))
        #expect(caller.effects.log == ["message second"])
        #expect(loader.log.lines.map(\.message) == ["agents/x.lua:3: stopped after 30 s, waiting included"])

        let cancelled = Task { try await caller.agent.handlers.runHooks(.preparing, HookEvent(), in: caller.context) }
        try await clock.waitForSleepers(2)
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(loader.log.lines.count == 1)
    }
}
