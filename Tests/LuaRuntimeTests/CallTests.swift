import Testing

@testable import LuaRuntime

@Suite("A call")
struct CallTests {
    @Test("waits for a host function and goes on with what it returned")
    func waits() async throws {
        let vm = try makeVM()
        let text = """
            local t = require 't'
            return function(x)
                local ok, y = pcall(t.wait, x)
                local proxy = setmetatable({}, { __index = function(_, k) return t.wait(k) end })
                local n = 0
                for v in function() local v = t.wait(n) if v < 3 then return v end end do n = v + 1 end
                return ok, y, proxy.z, n
            end
            """
        #expect(try await vm.apply(text, [.string("a")]) == [.boolean(true), .string("a"), .string("z"), .integer(3)])
    }

    @Test("gets an error of the host at its own line, and may catch it")
    func hostErrors() async throws {
        let vm = try makeVM()
        let text = "local t = require 't' return function() return pcall(t.NAME, 'no money') end"
        for (name, message) in [("fail", "no money"), ("wait_fail", "the bank is closed")] {
            let results = try await vm.apply(text.replacing("NAME", with: name))
            #expect(results == [.boolean(false), .string("s.lua:1: \(message)")])
        }
        let error = await failure {
            _ = try await vm.apply("local t = require 't'\nreturn function()\nt.wait_fail() end")
        }
        #expect(error?.description == "s.lua:3: the bank is closed")
        #expect(error?.code == .runtime)
        #expect(
            await vm.failure("require('t').bad_number()")?.message
                == "[1]: the number nan cannot cross; numbers are finite")
    }

    @Test("tells the host where it was made and on whose behalf")
    func places() async throws {
        let vm = try makeVM(preludes: [
            testPrelude,
            .init(module: "wrap", source: "local host = ... return function() return host.call.where() end"),
        ])
        let results = try await vm.run(
            LuaSource(name: "s.lua", text: "local wrap = require 'wrap'\nlocal a, b = wrap()\nreturn a, b"),
            context: "me")
        #expect(results == [.string("s.lua:2"), .string("me")])
        let function = try await vm.function("return function() return require('t').where() end")
        #expect(try await vm.call("apply", [function], context: "you") == [.string("s.lua:1"), .string("you")])
    }

    @Test(
        "cannot wait where Lua cannot be suspended, and is told why",
        arguments: [
            (
                "return function() local t = require 't' return (('x'):gsub('x', t.wait)) end",
                "s.lua:1: cannot wait inside string.gsub; collect first, then call"
            ),
            (
                "return function() local t = require 't' table.sort({ 2, 1 }, t.wait) end",
                "s.lua:1: cannot wait inside table.sort; collect first, then call"
            ),
            ("return function() return require 'waits' end", "waits.lua:1: cannot wait while a file loads"),
        ])
    func cannotWait(text: String, message: String) async throws {
        let vm = try makeVM(modules: ["waits": "require('t').wait(1)"])
        #expect(await failure { _ = try await vm.apply(text) }?.description == message)
        #expect(await vm.failure("require('t').wait(1)")?.description == "s.lua:1: cannot wait while a file loads")
    }

    @Test("that is cancelled runs its close handlers and throws")
    func cancellation() async throws {
        let (started, begin) = AsyncStream<Void>.makeStream()
        let functions =
            testFunctions + [
                .immediate("started") { _ in
                    begin.yield(); return []
                }
            ]
        let vm = try makeVM(functions: functions)
        let pair = try await vm.script(
            """
            local t, log = require 't', {}
            local function closer(name, loops)
                return setmetatable({}, { __close = function() log[#log + 1] = name while loops do end end })
            end
            return function()
                local a <close> = closer 'a'
                local b <close> = closer('b', true)
                local c <close> = closer 'c'
                t.started()
                pcall(t.forever)
                log[#log + 1] = 'went on'
            end, function() return log end
            """)
        let task = Task { try await vm.call("apply", [pair[0]]) }
        for await _ in started { break }
        task.cancel()
        let error = await failure { _ = try await task.value }
        #expect(error?.code == .cancelled)
        #expect(try await vm.call("apply", [pair[1]]) == [.array([.string("c"), .string("b"), .string("a")])])
    }

    @Test("lets others of its lane run while it computes")
    func slices() async throws {
        let (started, begin) = AsyncStream<Void>.makeStream()
        let vm = try makeVM(
            functions: testFunctions + [
                .immediate("started") { _ in
                    begin.yield(); return []
                }
            ])
        let pair = try await vm.script(
            """
            local t, stop = require 't', false
            return function() t.started() while not stop do end return 'stopped' end, function() stop = true end
            """)
        let task = Task {
            try await vm.call("apply", [pair[0]], budget: LuaBudget(instructions: .max / 4, time: .seconds(60)))
        }
        for await _ in started { break }
        _ = try await vm.call("apply", [pair[1]])
        #expect(try await task.value == [.string("stopped")])
    }

    @Test("does not pay for waiting, but for all of its running")
    func budget() async throws {
        let vm = try makeVM()
        let text = """
            local t = require 't'
            return function() while true do for _ = 1, 200 do end t.wait(1) end end
            """
        let error = await failure {
            _ = try await vm.apply(text, budget: LuaBudget(instructions: 50_000, time: .seconds(60)))
        }
        #expect(error?.code == .instructionLimit)
        #expect(error?.message == "stopped after 50000 instructions")
        #expect(error?.location?.file == "s.lua")
    }

    @Test("beyond the limit of calls is refused at once")
    func busy() async throws {
        var limits = LuaLimits()
        limits.concurrentCalls = 1
        let (started, begin) = AsyncStream<Void>.makeStream()
        let vm = try makeVM(
            limits: limits,
            functions: testFunctions + [
                .immediate("started") { _ in
                    begin.yield(); return []
                }
            ])
        let function = try await vm.function("local t = require 't' return function() t.started() t.forever() end")
        let task = Task { try await vm.call("apply", [function]) }
        for await _ in started { break }
        let error = await failure { _ = try await vm.call("echo", []) }
        #expect(error?.code == .busy)
        #expect(error?.message == "too many calls are under way (limit 1)")
        task.cancel()
        _ = await task.result
        #expect(try await vm.call("echo", []) == [])
    }

    @Test("of an entry that nobody registered names it")
    func unknownEntry() async throws {
        let vm = try makeVM()
        #expect(await failure { _ = try await vm.call("nothing", []) }?.message == "no entry 'nothing' is registered")
    }

    @Test("of a closed VM is refused")
    func closed() async throws {
        let vm = try makeVM()
        await vm.close()
        #expect(await failure { _ = try await vm.call("echo", []) }?.code == .closed)
        #expect(await vm.failure("return 1")?.code == .closed)
    }

    @Test("a thousand calls that wait at once all come back, and leave nothing behind")
    func many() async throws {
        let vm = try makeVM()
        let function = try await vm.function("local t = require 't' return function(n) return t.wait(t.wait(n)) end")
        let before = try await vm.withMachine { $0.registrySize }
        try await withThrowingTaskGroup(of: (Int64, [LuaValue]).self) { group in
            for n in 0..<1000 as Range<Int64> {
                group.addTask { (n, try await vm.call("apply", [function, LuaValue.integer(n)])) }
            }
            for try await (n, results) in group {
                #expect(results == [.integer(n)])
            }
        }
        #expect(try await vm.withMachine { ($0.registrySize, $0.stackHeight) } == (before, 0))
    }

    @Test("a lane that was shut down still runs what arrives later")
    func lateJobs() async throws {
        let lane = LuaLane(name: "late")
        let vm = try LuaVM(lane: lane, functions: [], preludes: []) { _ in nil }
        lane.shutDown()
        #expect(try await vm.run(LuaSource(name: "s.lua", text: "return 1")) == [.integer(1)])
    }
}
