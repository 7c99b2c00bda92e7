import ParlantCore
import ParlantScripting
import Testing

@Suite("The context of a handler")
struct ContextTests {
    @Test("shows who and where")
    func fields() async throws {
        let caller = try await Loader(clock: TestClock()).caller(
            run: """
                local m = ctx.interaction.messages
                return {
                  ctx.agent.id, ctx.agent.name, ctx.customer.id, ctx.customer.name, ctx.customer.metadata.plan,
                  ctx.customer.is_guest, ctx.customer:has_tag("vip"), ctx.customer:has_tag(vip), ctx.customer:has_tag("x"),
                  ctx.session.id, ctx.session.mode, ctx.session.title == nil, ctx.session.metadata.locale, ctx.customer.about,
                  ctx.session:has_label("new"), #m, m[1].role, m[2].text, m[2].at, ctx.interaction.last_customer_message,
                }
                """, before: "local vip = parlant.tag \"vip\"; ")
        #expect(
            try await caller.data() == [
                "x", "X", "cust_jane", "Jane Doe", "gold", false, true, true, false, "s1", "auto", true, "fr", "Tall.",
                true, 2,
                "agent", "Hi there", "1970-01-01T00:00:01.000000Z", "Hi there",
            ])
    }

    @Test("can be walked and returned")
    func walking() async throws {
        let caller = try await Loader().caller(
            run: """
                local names = {}
                for name in pairs(ctx.customer.metadata) do names[#names + 1] = name end
                table.sort(names)
                for _, message in ipairs(ctx.interaction.messages) do names[#names + 1] = message.role end
                return { names = names, metadata = ctx.customer.metadata, json = json.encode(ctx.session.metadata) }
                """, before: "local json = require \"parlant.json\"; ")
        #expect(
            try await caller.data() == [
                "names": ["accounts", "plan", "agent", "customer"], "json": "{\"locale\":\"fr\"}",
                "metadata": ["plan": "gold", "accounts": ["checking", "savings"]],
            ])
    }

    @Test(
        "is read-only, strict, and names what helps",
        arguments: [
            ("ctx.x = 1", "ctx.x: read-only; contexts are not for keeping things; use a local variable, or ctx.kv"),
            (
                "ctx.customer.metadata.plan = \"x\"",
                "ctx.customer.metadata.plan: read-only; use ctx.customer:set_metadata(\"plan\", value)"
            ),
            (
                "ctx.session.metadata.y = 1",
                "ctx.session.metadata.y: read-only; use ctx.session:set_metadata(\"y\", value)"
            ),
            ("ctx.session.mode = \"manual\"", "ctx.session.mode: read-only; use ctx.session:set_mode(\"manual\")"),
            ("ctx.config.z = 1", "ctx.config.z: read-only; settings are the server's; keep what changes in ctx.kv"),
            ("return ctx.custmer", "ctx: there is no 'custmer' (did you mean 'customer'?)"),
            ("return ctx.customer.nme", "ctx.customer: there is no 'nme' (did you mean 'name'?)"),
            ("return ctx.config.nothing", "ctx.config: there is no 'nothing'"),
            ("ctx.http:gte(\"x\")", "ctx.http: there is no 'gte' (did you mean 'get'?)"),
            ("ctx.http.get(\"x\")", "ctx.http.get: call it with a colon, as in ctx.http:get(…)"),
            ("ctx.emit_message(\"x\")", "ctx.emit_message: call it with a colon, as in ctx:emit_message(…)"),
            ("return ctx.kb", "ctx: there is no 'kb' (did you mean 'kv'?)"),
            ("return ctx.variable", "ctx: there is no 'variable' (did you mean 'variables'?)"),
            (
                "ctx:emit_status(\"thinking\")",
                "ctx:emit_status: expected one of processing, ready, typing, got \"thinking\""
            ),
            ("ctx:emit_message(3)", "ctx:emit_message: expected a string"),
            (
                "ctx.session:set_mode(\"manul\")",
                "ctx.session:set_mode: expected one of auto, manual, got \"manul\" (did you mean 'manual'?)"
            ),
            (
                "ctx.time:today(\"Europe/Pariss\")",
                "ctx.time:today: there is no time zone 'Europe/Pariss' (did you mean 'Europe/Paris'?)"
            ),
            ("ctx.time:local_hour()", "ctx.time:local_hour: expected the name of a time zone"),
            ("ctx.time:sleep(-1)", "ctx.time:sleep: expected a number of seconds from 0 to 86400"),
            ("ctx.log:info({})", "ctx.log: expected a string as the message"),
            (
                "return parlant.result { dat = 1 }",
                "parlant.result: unknown field 'dat' (did you mean 'data'?); missing required field 'data'"
            ),
            ("local t = {} t.x.y = 1", "attempt to index a nil value (field 'x')"),
        ])
    func mistakes(body: String, text: String) async throws {
        let caller = try await Loader().caller(run: body)
        #expect(try await caller.run() == .defect("agents/x.lua:6: \(text)"))
    }

    @Test("changes the session and the customer, and sees the changes")
    func effects() async throws {
        let caller = try await Loader().caller(
            run: """
                ctx:emit_message("One moment.")
                ctx:emit_status("processing", { step = 2 })
                ctx.session:set_metadata("locale", "de")
                ctx.session:set_metadata("gone", nil)
                ctx.session:add_label("handoff")
                ctx.session:set_mode("manual")
                ctx.customer:set_metadata("plan", { name = "basic" })
                local session = ctx.session
                return { session.metadata.locale, session:has_label("handoff"), session.mode, ctx.customer.metadata.plan.name }
                """)
        #expect(try await caller.data() == ["de", true, "manual", "basic"])
        #expect(
            caller.effects.log == [
                "message One moment.", "status processing {\"step\":2}", "session locale = \"de\"",
                "session unset gone",
                "session label handoff", "session mode manual", "customer plan = {\"name\":\"basic\"}",
            ])
    }

    @Test("labels of a session are as many as fit; one that is there costs nothing")
    func labels() async throws {
        var loader = Loader()
        loader.limits.metadata.labelsBytes = 17
        let fitting = try await loader.caller(run: "ctx.session:add_label(\"handoff\") return true")
        #expect(try await fitting.data() == true)
        let known = try await loader.caller(run: "ctx.session:add_label(\"new\") return true")
        #expect(try await known.data() == true)
        let more = try await loader.caller(run: "ctx.session:add_label(\"handed over\")")
        #expect(
            try await more.run()
                == .defect(
                    "agents/x.lua:6: ctx.session:add_label: the session's labels would have 21 bytes of JSON, more than the limit of 17 bytes; use fewer, or shorter ones"
                ))
        #expect(more.effects.log.isEmpty)
    }

    @Test("a matcher reads, and is told where the rest is possible")
    func matcher() async throws {
        func match(_ body: String) async throws -> (applies: Bool, reason: String?) {
            let agent = try await Loader(clock: TestClock()).agent(
                "agent:guideline { id = \"g\", action = \"a\", matcher = function(ctx, guideline)\n\(body)\nend }")
            return try await agent.handlers.match(agent.guidelines[0], in: Caller(agent).context)
        }
        #expect(
            try await match("return ctx.time:local_hour(\"Europe/Paris\") == 0, \"it is late\"") == (true, "it is late")
        )
        #expect(try await match("return guideline.id ~= \"g\", guideline.action") == (false, "a"))
        #expect(try await match("return") == (false, nil))
        for (body, text) in [
            (
                "ctx:emit_message(\"x\")",
                "ctx.emit_message: not available in a matcher (only in: tool, on_selected, on_message, hook)"
            ),
            (
                "ctx.session:set_mode(\"auto\")",
                "ctx.session:set_mode: not available in a matcher (only in: tool, on_selected, on_message, hook)"
            ),
            ("return 3", "a matcher returns true or false, and a reason; this one returned number 3"),
        ] {
            let error = await #expect(throws: (any Error).self) { try await match(body) }
            let described = error.map { "\($0)" } ?? "nothing"
            #expect(described.hasSuffix(text), "\(described)")
        }
    }

    @Test("on_selected and on_message act, canned_response_fields gives values")
    func guidelineHandlers() async throws {
        let agent = try await Loader().agent(
            """
            agent:guideline {
              id = "g", condition = "c", action = "a",
              on_selected = function(ctx, match) ctx.session:add_label(match.guideline.id .. match.rationale) end,
              on_message = function(ctx, match) ctx:emit_status("ready", { score = match.score }) end,
              canned_response_fields = function(ctx) return { name = ctx.customer.name } end,
            }
            agent:guideline {
              id = "bad", condition = "c", action = "b", canned_response_fields = function() return { 1 } end,
            }
            """)
        let caller = Caller(agent)
        let match = GuidelineMatch(guideline: agent.guidelines[0], rationale: " because", score: 0.5)
        try await agent.handlers.notify(
            .onSelected, of: .guideline(match.guideline.id), match: match, in: caller.context)
        try await agent.handlers.notify(
            .onMessage, of: .guideline(match.guideline.id), match: match, in: caller.context)
        #expect(caller.effects.log == ["session label g because", "status ready {\"score\":0.5}"])
        #expect(
            try await agent.handlers.cannedResponseFields(of: .guideline(agent.guidelines[0].id), in: caller.context)
                == [
                    "name": "Jane Doe"
                ])
        await #expect(throws: (any Error).self) {
            try await agent.handlers.cannedResponseFields(of: .guideline(agent.guidelines[1].id), in: caller.context)
        }
    }

    @Test("time is the server's clock, in any zone")
    func time() async throws {
        let caller = try await Loader(clock: TestClock()).caller(
            run:
                "local t = ctx.time return { t:now(), t:today(), t:today(\"Asia/Tokyo\"), t:local_hour(\"Europe/Paris\"), t:iso(1.9) }"
        )
        #expect(try await caller.data() == [1_772_494_200.0, "2026-03-02", "2026-03-03", 0, "1970-01-01T00:00:01Z"])
    }

    @Test("the guest's metadata cannot be written")
    func guest() async throws {
        var caller = try await Loader().caller(run: "ctx.customer:set_metadata(\"a\", 1)")
        caller.customer = .guest(createdAt: Timestamp(microseconds: 0))
        #expect(
            try await caller.run()
                == .defect(
                    "agents/x.lua:6: ctx.customer:set_metadata: the guest is built in; look at ctx.customer.is_guest first"
                ))
    }

    @Test("json keeps kinds, sorts keys and refuses what JSON has not")
    func json() async throws {
        let caller = try await Loader().caller(
            run: """
                local value = json.decode('{"b":[],"a":{},"n":null,"i":9007199254740993,"f":1.5}')
                local bad, err = json.decode("{")
                return {
                  json.encode(value), json.encode({ 1, { x = parlant.null } }, { indent = 2 }),
                  json.encode(json.object {}), json.encode(json.array {}), bad == nil, err,
                  (select(2, pcall(json.encode, { f = print }))), (select(2, pcall(json.encode, 0 / 0))),
                }
                """, before: "local json = require \"parlant.json\"; ")
        let data = try await caller.data()
        #expect(
            data == [
                "{\"a\":{},\"b\":[],\"f\":1.5,\"i\":9007199254740993,\"n\":null}",
                "[\n  1,\n  {\n    \"x\": null\n  }\n]",
                "{}", "[]", true, "key must be a string at byte 1",
                "agents/x.lua:11: argument 1.f: a function cannot cross here",
                "agents/x.lua:11: argument 1: the number is not a number (0/0)",
            ])
    }
}
