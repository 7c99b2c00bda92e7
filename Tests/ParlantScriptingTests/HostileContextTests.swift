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
