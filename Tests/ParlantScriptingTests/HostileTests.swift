import Logging
import ParlantCore
import ParlantScripting
import Testing

@Suite("Tools that misbehave fail alone")
struct HostileTests {
    static let limits: ScriptLimits = {
        var limits = ScriptLimits.patient
        limits.callInstructions = 2_000_000
        limits.memoryBytes = 8 << 20
        return limits
    }()

    @Test(
        "whatever they do, the next call works",
        arguments: [
            ("while true do end", "stopped after 2000000 instructions"),
            ("pcall(function() while true do end end)", "stopped after 2000000 instructions"),
            ("local t = {} while true do t[#t + 1] = { 1, 2, 3, 4, 5, 6, 7, 8 } end", "out of memory (limit 8 MiB)"),
            ("local function f() return 1 + f() end return f()", "stack overflow"),
            ("error({ code = 1 })", "the error value is a table, not a string"),
            ("error()", "the error value is a nil, not a string"),
            ("error(\"plain\")", "plain"),
            ("error(\"no place\", 0)", "no place"),
            ("return nil, 3", "after nil comes the reason, as a sentence; this one returned number 3"),
            ("return { f = print }", "a function cannot cross here"),
            ("return { 1, x = 2 }", "the table mixes positions and names"),
            ("local t = {} t.t = t return t", "nested too deeply"),
            (
                "return (\"x\"):rep(20000)",
                "the data has 20002 bytes of JSON, more than the limit of 16384 bytes; return less, or a summary"
            ),
            (
                "table.sort({ 2, 1 }, function() ctx.time:sleep(1) return true end)",
                "cannot wait inside table.sort; collect first, then call"
            ),
            ("return \"\\xff\"", "the string is not valid UTF-8"),
        ])
    func hostile(body: String, text: String) async throws {
        let agent = try await Loader(limits: Self.limits).agent(
            """
            local bad = parlant.tool { name = "bad", description = "d", run = function(ctx)
            \(body)
            end }
            local good = parlant.tool { name = "good", description = "d", run = function() return 1 end }
            agent:guideline { condition = "c", tools = { bad, good } }
            """)
        let caller = Caller(agent)
        guard case .defect(let defect) = try await caller.run("bad") else {
            Issue.record("no defect")
            return
        }
        #expect(defect.contains(text), "\(defect)")
        #expect(try await caller.data("good") == 1)
    }

    @Test("a tool that never ends its waiting is stopped by its timeout, on the server's clock")
    func timeout() async throws {
        let clock = TestClock()
        let loader = Loader(clock: clock)
        let caller = try await loader.caller(
            run: "pcall(ctx.time.sleep, ctx.time, 80000) return 1", fields: "timeout = 2.5,")
        async let outcome = caller.run()
        try await clock.waitForSleepers(2)
        clock.advance(by: .milliseconds(2500))
        #expect(try await outcome == .defect("agents/x.lua:5: stopped after 2.5 s, waiting included"))
        #expect(clock.sleeperCount == 0)
        let line = try #require(loader.log.lines.first { $0.level == .error })
        #expect(line.metadata["trace_id"] == "trace-1" && line.metadata["handler"] == "tool x:t")
    }

    @Test("a cancelled call ends with CancellationError and no line in the log")
    func cancellation() async throws {
        let clock = TestClock()
        let loader = Loader(clock: clock)
        let caller = try await loader.caller(run: "ctx.time:sleep(10)")
        let task = Task { try await caller.run() }
        try await clock.waitForSleepers(2)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(loader.log.lines.isEmpty)
    }

    @Test("a thousand tools that sleep wait together")
    func sleeping() async throws {
        let clock = TestClock()
        let caller = try await Loader(clock: clock).caller(
            run: "ctx.time:sleep(10) return args.n",
            parameters: "parameters = { { name = \"n\", type = \"integer\" } },")
        let sum = try await withThrowingTaskGroup(of: Int64.self) { group in
            for index in 1...1000 {
                group.addTask {
                    var caller = caller
                    caller.sessionID = SessionID("s\(index)")
                    return try await caller.data("t", ["n": .integer(Int64(index))]).integer ?? 0
                }
            }
            try await clock.waitForSleepers(2000)
            clock.advance(by: .seconds(10))
            return try await group.reduce(0, +)
        }
        #expect(sum == 500_500)
    }

    @Test("a tool that sleeps delays no other call of its session, nor of another")
    func suspended() async throws {
        let clock = TestClock()
        let agent = try await Loader(clock: clock).agent(
            """
            local slow = parlant.tool { name = "slow", description = "d", run = function(ctx)
              ctx.time:sleep(10)
              return "slow"
            end }
            local quick = parlant.tool { name = "quick", description = "d", run = function() return "quick" end }
            agent:guideline { condition = "c", tools = { slow, quick } }
            """)
        let caller = Caller(agent)
        async let slow = caller.data("slow")
        try await clock.waitForSleepers(2)
        #expect(try await caller.data("quick") == "quick")
        var other = caller
        for index in 0..<8 {
            other.sessionID = SessionID("other-\(index)")
            #expect(try await other.data("quick") == "quick")
        }
        clock.advance(by: .seconds(10))
        #expect(try await slow == "slow")
    }

    @Test("a loop lets the others of its lane run in between")
    func slices() async throws {
        let agent = try await Loader().agent(
            """
            local loop = parlant.tool { name = "loop", description = "d", run = function()
              for _ = 1, 5000000 do end
              return "loop"
            end }
            local quick = parlant.tool { name = "quick", description = "d", run = function() return "quick" end }
            agent:guideline { condition = "c", tools = { loop, quick } }
            """)
        let caller = Caller(agent)
        async let loop = caller.data("loop")
        for _ in 0..<5 { #expect(try await caller.data("quick") == "quick") }
        #expect(try await loop == "loop")
    }

    @Test("five defects of a minute are logged, then one line per minute with the number of the others")
    func throttle() async throws {
        let clock = TestClock()
        let loader = Loader(clock: clock)
        let caller = try await loader.caller(run: "error(\"broken\")")
        for _ in 0..<12 { _ = try await caller.run() }
        #expect(loader.log.lines.count == 5)
        #expect(loader.log.lines[0].metadata["traceback"]?.contains("agents/x.lua:6") == true)
        clock.advance(by: .seconds(60))
        for _ in 0..<3 { _ = try await caller.run() }
        #expect(loader.log.lines.count == 6)
        #expect(loader.log.lines[5].metadata["not_logged"] == "7")
        clock.advance(by: .seconds(60))
        _ = try await caller.run()
        #expect(loader.log.lines[6].metadata["not_logged"] == "2")
    }
}
