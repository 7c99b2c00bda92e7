import ParlantCore
import ParlantScripting
import Testing

@Suite("ctx:all")
struct SideBySideTests {
    @Test("runs functions side by side, and gives the first result of each in order")
    func results() async throws {
        let clock = TestClock()
        let caller = try await Loader(clock: clock).caller(
            run: """
                local a, b, c, d = ctx:all(
                  function() ctx.time:sleep(3) return "slow" end,
                  function() return print, 2 end,
                  function() end,
                  function() ctx.time:sleep(1) return { ctx.customer.name } end)
                return { a, b == print, c == nil, d, select("#", ctx:all()) }
                """)
        async let data = caller.data()
        // Two sleeps, each with its deadline, and the deadline of the whole.
        try await clock.waitForSleepers(5)
        clock.advance(by: .seconds(3))
        #expect(try await data == ["slow", true, true, ["Jane Doe"], 0])
        #expect(clock.sleeperCount == 0)
    }

    @Test("what a function returns stays what it was, methods included")
    func replies() async throws {
        let http = FakeTransport(.success(HTTPExchangeReply(status: 200, body: Array("[1]".utf8))))
        let caller = try await Loader(http: http).caller(
            run: """
                local function fetch() return ctx.http:get("https://api.test/") end
                local a, b = ctx:all(fetch, fetch)
                return { a:json(), b:json() }
                """)
        #expect(try await caller.data() == [[1], [1]])
        #expect(http.requests.count == 2)
    }

    @Test("the first defect cancels the rest, and can be caught")
    func failure() async throws {
        let clock = TestClock()
        let caller = try await Loader(clock: clock).caller(
            run: """
                local ok, err = pcall(function()
                  return ctx:all(
                    function() ctx.time:sleep(1000) ctx:emit_message("never") end,
                    function() error("broken") end)
                end)
                return { ok, err }
                """)
        #expect(try await caller.data() == [false, "agents/x.lua:9: broken"])
        #expect(caller.effects.log.isEmpty && clock.sleeperCount == 0)
    }

    @Test("may be nested, within a limit for the whole call")
    func nesting() async throws {
        let caller = try await Loader().caller(
            run: """
                local a = ctx:all(function()
                  local x, y = ctx:all(function() return 1 end, function() return 2 end)
                  return x + y
                end)
                local many = {}
                for index = 1, 30 do many[index] = function() return index end end
                local ok, err = pcall(function() return ctx:all(table.unpack(many)) end)
                many[30] = nil
                return { a, ok, err, select("#", ctx:all(table.unpack(many))) }
                """)
        let text = "agents/x.lua:12: ctx:all: one call may run 32 functions side by side, this would be one more"
        #expect(try await caller.data() == [3, false, .string(text), 29])
    }

    @Test(
        "a limit ends the whole call, whatever the script catches",
        arguments: [
            ("pcall(function() ctx:all(function() while true do end end) end)", "stopped after 2000000 instructions"),
            ("pcall(ctx.all, ctx, function() pcall(function() while true do end end) end)", "stopped after"),
            ("ctx:all(3)", "ctx:all: expected functions, got a number"),
            ("ctx.all(function() end)", "ctx.all: call it with a colon, as in ctx:all(…)"),
            ("ctx:all(function() error() end)", "the error value is a nil, not a string"),
        ])
    func hostile(body: String, text: String) async throws {
        let caller = try await Loader(limits: HostileTests.limits).caller(run: body + " return 1")
        guard case .defect(let defect) = try await caller.run() else {
            Issue.record("no defect")
            return
        }
        #expect(defect.contains(text), "\(defect)")
    }

    @Test("the deadline of the call ends all of it")
    func deadline() async throws {
        let clock = TestClock()
        let caller = try await Loader(clock: clock).caller(
            run: "ctx:all(function() ctx.time:sleep(100) end, function() ctx.time:sleep(100) end)",
            fields: "timeout = 2,")
        async let outcome = caller.run()
        try await clock.waitForSleepers(5)
        clock.advance(by: .seconds(2))
        #expect(try await outcome == .defect("agents/x.lua:5: stopped after 2 s, waiting included"))
        #expect(clock.sleeperCount == 0)
    }
}
