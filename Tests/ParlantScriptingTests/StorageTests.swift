import ParlantCore
import ParlantStores
import Testing

@testable import ParlantScripting

@Suite("What scripts keep")
struct StorageTests {
    @Test("ctx.kv keeps values for the session, the customer and the agent apart")
    func scopes() async throws {
        let caller = try await Loader().caller(
            run: """
                local kv = ctx.kv
                kv.session:set("k", { stage = 2, list = {} })
                kv.customer:set("k", "text")
                local first, second = kv.agent:add("lock", true), kv.agent:add("lock", true)
                kv.agent:increment("n")
                kv.agent:increment("n", 41)
                kv.session:set("gone", 1)
                kv.session:delete("gone")
                kv.session:set("null", parlant.null)
                return {
                  kv.session:get("k"), kv.customer:get("k"), kv.agent:get("k") == nil, first, second, kv.agent:get("n"),
                  kv.session:get("gone") == nil, kv.session:get("null") == parlant.null,
                }
                """)
        #expect(
            try await caller.data() == [
                ["list": [], "stage": 2], "text", true, true, false, 42, true, true,
            ])
        let store = caller.effects.keyValues
        #expect(try await store.read("n", in: .agent("x")) == 42)
        #expect(try await store.read("k", in: .customer("cust_jane")) == "text")
        #expect(try await store.read("k", in: .session("s1")) == ["list": [], "stage": 2])
    }

    @Test("a time to live runs on the server's clock")
    func lifetime() async throws {
        let clock = TestClock()
        var caller = try await Loader(clock: clock).caller(
            run: "if args.set then ctx.kv.session:set(\"k\", 1, { ttl = 1.5 }) end return ctx.kv.session:get(\"k\")",
            parameters: "parameters = { { name = \"set\", type = \"boolean\", required = false } },")
        caller.effects = EffectRecorder(MemoryKeyValueStore(clock: clock))
        #expect(try await caller.data("t", ["set": true]) == 1)
        clock.advance(by: .milliseconds(1499))
        #expect(try await caller.data() == 1)
        clock.advance(by: .milliseconds(1))
        #expect(try await caller.data() == .null)
    }

    @Test(
        "mistakes are told at their line",
        arguments: [
            ("ctx.kv.session:get()", "ctx.kv.session:get: expected a string as the key"),
            ("ctx.kv.agent:set(\"k\")", "ctx.kv.agent:set: expected a JSON value; to remove an entry, use delete"),
            ("ctx.kv.agent:set(\"\", 1)", "ctx.kv.agent:set: a key has at least one character"),
            (
                "ctx.kv.agent:set((\"k\"):rep(257), 1)",
                "ctx.kv.agent:set: a key has at most 256 bytes, this one has 257"
            ),
            (
                "ctx.kv.agent:set(\"k\", (\"x\"):rep(65535))",
                "ctx.kv.agent:set: a value has at most 65536 bytes of JSON, this one has 65537"
            ),
            (
                "ctx.kv.agent:set(\"k\", 1, { tttl = 1 })",
                "ctx.kv.agent:set: unknown option 'tttl' (did you mean 'ttl'?)"
            ),
            ("ctx.kv.agent:set(\"k\", 1, { ttl = 0 })", "ctx.kv.agent:set: ttl: expected a number of seconds above 0"),
            ("ctx.kv.agent:set(\"k\", print)", "argument 3: a function cannot cross here"),
            ("ctx.kv.agent:increment(\"k\", 1.5)", "ctx.kv.agent:increment: expected a whole number to add"),
            (
                "ctx.kv.agent:set(\"k\", \"a\") ctx.kv.agent:increment(\"k\")",
                "ctx.kv.agent:increment: the value of 'k' is \"a\", and only a whole number can be counted up"
            ),
            ("ctx.kv.agent.get(\"k\")", "ctx.kv.session.get: call it with a colon, as in ctx.kv.session:get(…)"),
            ("ctx.kv.sesion:get(\"k\")", "ctx.kv: there is no 'sesion' (did you mean 'session'?)"),
            ("ctx.kv.session:gett(\"k\")", "ctx.kv.session: there is no 'gett' (did you mean 'get'?)"),
            ("ctx.kv.session.k = 1", "ctx.kv.session.k: read-only; use ctx.kv.session:set(key, value)"),
            ("ctx.variables.plan = 1", "ctx.variables.plan: read-only; use ctx:set_variable(\"plan\", value)"),
            ("ctx:set_variable(\"plam\", 1)", "ctx:set_variable: there is no variable 'plam'"),
            ("ctx:set_variable(\"plan\")", "ctx:set_variable: expected a JSON value"),
            ("ctx:emit_custom(\"map\")", "ctx:emit_custom: expected a table with named fields"),
            (
                "ctx:emit_custom { text = (\"x\"):rep(70000) }",
                "ctx:emit_custom: the data has 70011 bytes of JSON, more than the limit of 65536 bytes; send less"
            ),
            (
                "return ctx.state.x",
                "ctx.state: not available in a tool (only in: hook of a plugin, NLP provider, customer store, load, unload and save of a plugin)"
            ),
            (
                "return ctx.tool_calls",
                "ctx.tool_calls: not available in a tool (only in: retriever, matcher, on_selected, on_message, hook, canned_response_fields)"
            ),
        ])
    func mistakes(body: String, text: String) async throws {
        let caller = try await Loader().caller(run: body)
        #expect(try await caller.run() == .defect("agents/x.lua:6: \(text)"))
    }

    @Test("nothing is kept for the guest, who is everybody")
    func guest() async throws {
        var caller = try await Loader().caller(
            run: "if ctx.kv.customer:get(\"k\") == nil then ctx.kv.customer:set(\"k\", 1) end")
        caller.customer = .guest(createdAt: Timestamp(microseconds: 0))
        #expect(
            try await caller.run()
                == .defect(
                    "agents/x.lua:6: ctx.kv.customer:set: the guest is everybody that nobody knows; use ctx.kv.session, or look at ctx.customer.is_guest first"
                ))
    }

    @Test("variables are read, and set for the customer; custom events are emitted")
    func variables() async throws {
        let caller = try await Loader().caller(
            run: """
                local before = ctx.variables.plan
                ctx:set_variable("plan", { name = "gold" })
                ctx:emit_custom { kind = "map", lat = 48.1 }
                return { before, ctx.variables.plan.name, ctx.variables.limits, ctx.variables.none == nil }
                """)
        #expect(try await caller.data() == ["free", "gold", ["daily": 10], true])
        #expect(
            caller.effects.log == [
                "variable plan = {\"name\":\"gold\"}", "custom {\"kind\":\"map\",\"lat\":48.1}",
            ])
    }

    @Test("a matcher reads entries and the turn's tool calls, and is told where it could write")
    func matcher() async throws {
        func match(_ body: String) async throws -> (applies: Bool, reason: String?) {
            let agent = try await Loader().agent(
                "agent:guideline { id = \"g\", action = \"a\", matcher = function(ctx)\n\(body)\nend }")
            var caller = Caller(agent)
            caller.toolCalls = [["tool_id": "x:t", "result": ["data": 7]]]
            return try await agent.handlers.match(agent.guidelines[0], in: caller.context)
        }
        #expect(
            try await match("return ctx.kv.session:get(\"k\") == nil, ctx.tool_calls[1].tool_id") == (true, "x:t"))
        for (body, text) in [
            (
                "ctx.kv.session:set(\"k\", 1)",
                "ctx.kv.session:set: not available in a matcher (only in: tool, retriever, on_selected, on_message, hook)"
            ),
            (
                "ctx:set_variable(\"plan\", 1)",
                "ctx.set_variable: not available in a matcher (only in: tool, on_selected, on_message, hook)"
            ),
        ] {
            let error = await #expect(throws: (any Error).self) { try await match(body) }
            let described = error.map { "\($0)" } ?? "nothing"
            #expect(described.hasSuffix(text), "\(described)")
        }
    }

    @Test("each kind of handler has what the table of the language surface says")
    func table() {
        func has(_ path: String) -> String {
            let kinds = ContextMembers.parts[path] ?? ContextMembers.methods[path] ?? []
            return HandlerKind.allCases.filter(kinds.contains).map(\.rawValue).joined(separator: " ")
        }
        let conversing =
            "tool retriever deferred_retriever matcher on_selected on_message hook plugin_hook choices validate"
            + " canned_response_fields"
        for part in [
            "agent", "customer", "session", "interaction", "variables", "kv", "kv.session.get", "memories.search",
        ] {
            #expect(has("ctx.\(part)") == conversing, "\(part)")
        }
        for method in ["emit_message", "emit_status", "emit_custom", "set_variable", "session.set_mode"] {
            #expect(has("ctx.\(method)") == "tool on_selected on_message hook plugin_hook", "\(method)")
        }
        #expect(
            has("ctx.tool_calls")
                == "retriever deferred_retriever matcher on_selected on_message hook plugin_hook canned_response_fields"
        )
        #expect(has("ctx.http") == conversing + " provider customer_store")
        #expect(has("ctx.http.get") == has("ctx.http") && has("ctx.http.stream") == has("ctx.http"))
        #expect(
            has("ctx.kv.agent.increment")
                == "tool retriever deferred_retriever on_selected on_message hook plugin_hook")
        #expect(has("ctx.memories.remember") == has("ctx.kv.agent.increment"))
        #expect(has("ctx.memories.forget") == has("ctx.memories.remember"))
        for part in ["log", "time", "config"] {
            #expect(has("ctx.\(part)") == conversing + " provider customer_store plugin", "\(part)")
        }
        #expect(has("ctx.matches") == "deferred_retriever")
        #expect(has("ctx.state") == "plugin_hook provider customer_store plugin")
        #expect(
            has("ctx.all")
                == "tool retriever deferred_retriever on_selected on_message hook plugin_hook provider customer_store")
    }

    @Test("a plugin's state is small, and what does not fit changes nothing")
    func state() {
        let state = PluginState(["n": 1])
        #expect(state.set("text", to: .string(String(repeating: "x", count: 1000))))
        #expect(!state.set("more", to: .string(String(repeating: "x", count: 64 << 10))))
        #expect(state.values.keys.elementsEqual(["n", "text"]))
        #expect(state.set("text", to: nil) && state.values == ["n": 1])
    }
}
