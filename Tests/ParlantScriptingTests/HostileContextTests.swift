import LuaRuntime
import ParlantCore
import Testing

@testable import ParlantScripting

@Suite("Whatever a script passes to its context, or does while it loads")
struct HostileContextTests {
    /// What no function expects. None of it is a number that one could wait for.
    private static let values = """
        local function cyclic() local t = {} t.t = t return t end
        local function deep() local t = {} for _ = 1, 10000 do t = { t } end return t end
        local function angry()
          local function fail() error("angry") end
          return setmetatable({}, {
            __index = fail, __newindex = fail, __len = fail, __pairs = fail, __call = fail, __concat = fail,
            __tostring = fail, __eq = fail, __lt = fail,
          })
        end
        local function looping()
          return setmetatable({}, { __tostring = function() while true do end end, __index = function() while true do end end })
        end
        local function bad_values(ctx)
          return {
            0 / 0, 1 / 0, -1, 2 ^ 63, math.mininteger, "", "\\xff", "\\0", ("x"):rep(1 << 20), true, {}, { 1, x = 2 },
            { [2] = 1 }, cyclic(), deep(), angry(), looping(), print, ctx, ctx.http, ctx.log, parlant.null, agent,
          }
        end

        """

    /// Methods of a context that a tool has, with the expression that reaches each.
    private static let methods: [String] =
        ContextMembers.methods.filter { $0.value.contains(.tool) }.keys.sorted()

    @Test("every function of a context refuses it or copes, and the next call works", arguments: methods)
    func arguments(path: String) async throws {
        let receiver = path.split(separator: ".").dropLast().joined(separator: ".")
        let http = FakeTransport(.success(HTTPExchangeReply(status: 200, body: [0xFF, 0x00])))
        let caller = try await Loader(http: http, limits: HostileTests.limits).caller(
            run: """
                if args.ping then return "pong" end
                local method, self = \(path), \(receiver)
                for _, a in ipairs(bad_values(ctx)) do
                  pcall(method, a)
                  pcall(method, self, a)
                  pcall(method, self, "get", a)
                  pcall(method, self, a, a, a, a)
                  pcall(method, self, "https://api.test/", "k", a)
                end
                pcall(method)
                return "survived"
                """,
            parameters: "parameters = { { name = \"ping\", type = \"boolean\", required = false } },",
            before: Self.values)
        let outcome = try await caller.run()
        switch outcome {
        case .result(let result): #expect(result.data == "survived")
        // A function that loops in the script's own metamethods or functions ends by the limit, not by an answer.
        case .defect(let text): #expect(text.contains("stopped after") || text.contains("out of memory"), "\(text)")
        default: Issue.record("\(outcome)")
        }
        #expect(try await caller.data("t", ["ping": true]) == "pong")
    }

    @Test(
        "what it sends or sets at once has at most the bytes of an event",
        arguments: [
            (
                "ctx:emit_status(\"processing\", { text = long })",
                "ctx:emit_status: the table of details has 70011 bytes of JSON, more than the limit of 65536 bytes; send less"
            ),
            (
                "ctx:set_variable(\"plan\", long)",
                "ctx:set_variable: the value has 70002 bytes of JSON, more than the limit of 65536 bytes; keep less"
            ),
            (
                "ctx.session:set_metadata(\"k\", long)",
                "ctx.session:set_metadata: the value has 70002 bytes of JSON, more than the limit of 65536 bytes; keep less"
            ),
            (
                "ctx.customer:set_metadata(\"k\", long)",
                "ctx.customer:set_metadata: the value has 70002 bytes of JSON, more than the limit of 65536 bytes; keep less"
            ),
        ])
    func large(body: String, text: String) async throws {
        let caller = try await Loader().caller(run: body, before: "local long = (\"x\"):rep(70000); ")
        #expect(try await caller.run() == .defect("agents/x.lua:6: \(text)"))
        #expect(caller.effects.log.isEmpty)
    }

    @Test("what it keeps with the session over many calls has a limit, and room is made by nil")
    func sessionMetadata() async throws {
        try await keeping(
            "ctx.session",
            refusal: "the session's metadata would have 90036 bytes of JSON, more than the limit of 65536 bytes; "
                + "remove what is not needed, or keep less")
    }

    @Test("what it keeps with the customer over many calls has a limit, and room is made by nil")
    func customerMetadata() async throws {
        try await keeping(
            "ctx.customer",
            refusal: "the customer's metadata would have 90070 bytes of JSON, more than the limit of 65536 bytes; "
                + "remove what is not needed, or keep less")
    }

    /// Sets three keys, of which two fit, one in each call.
    private func keeping(_ owner: String, refusal: String) async throws {
        let caller = try await Loader().caller(
            run: "\(owner):set_metadata(args.key, not args.remove and (\"x\"):rep(30000) or nil) return true",
            parameters: """
                parameters = {
                  { name = "key", type = "string" }, { name = "remove", type = "boolean", required = false },
                },
                """)
        for key: JSONValue in ["a", "b"] { #expect(try await caller.data("t", ["key": key]) == true) }
        let outcome = try await caller.run("t", ["key": "c"])
        guard case .defect(let text) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(text.hasSuffix(": \(owner):set_metadata: \(refusal)"), "\(text)")
        #expect(caller.effects.log.count == 2)
        #expect(try await caller.data("t", ["key": "a", "remove": true]) == true)
        #expect(try await caller.data("t", ["key": "c"]) == true)
    }

    @Test("labels that it adds in one turn are as many as fit together")
    func labels() async throws {
        let caller = try await Loader().caller(
            run: "for n = 1, 9 do ctx.session:add_label(n .. (\"x\"):rep(1999)) end")
        #expect(
            try await caller.run()
                == .defect(
                    "agents/x.lua:6: ctx.session:add_label: the session's labels would have 18034 bytes of JSON, "
                        + "more than the limit of 16384 bytes; use fewer, or shorter ones"))
        #expect(caller.effects.log.count == 8)
    }

    @Test(
        "a file that misbehaves while it loads is a problem with its bundle's name, and the next load works",
        arguments: [
            "while true do end", "pcall(function() while true do end end)",
            "local t = {} while true do t[#t + 1] = ('x'):rep(1 << 16) .. #t end", "error({})", "error(nil)",
            "local function f() return 1 + f() end f()", "do return (('a'):rep(60)):find(('a*'):rep(8) .. 'b') end",
            "for i = 1, 1e9 do parlant.tag('t' .. i) end",
            "do local t = setmetatable({}, { __index = error }) return t.x end",
            "do return setmetatable({}, { __index = error, __pairs = error, __len = error }) end",
            "require('x')", "require(('x'):rep(1 << 20))", "require({})", "agent.id = nil", "agent:guideline(agent)",
            "parlant.tool(setmetatable({}, { __pairs = error, __index = error }))",
            "parlant.agent { name = ('x'):rep(1 << 22), description = {} }", "parlant.parlant.parlant = 1",
            "io.open('/etc/passwd')", "load('return 1')()", "string.dump(print)", "debug.sethook()",
            "coroutine.wrap(print)()", "getmetatable('').__index = nil x = 1",
        ])
    func loading(body: String) async throws {
        let loader = Loader(limits: HostileTests.limits)
        let problems = try await loader.problems(agent: body)
        #expect(!problems.isEmpty)
        #expect(problems.allSatisfy { $0.hasPrefix("agents/x.lua") }, "\(problems)")
        _ = try await loader.agent("")
    }
}
