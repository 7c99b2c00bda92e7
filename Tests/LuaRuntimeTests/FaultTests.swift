import Testing

@testable import LuaRuntime

/// Every allocation of a busy life fails once; each time the VM must report it and live.
@Suite("Memory that fails", .serialized)
struct FaultTests {
    private static let script = """
        local t = require 't'
        local helper = require 'helper'
        return function(context)
            local log <close> = setmetatable({}, { __close = function() return { helper.text(3) } end })
            local list = {}
            for i = 1, 20 do list[i] = { name = helper.text(i), n = i } end
            local ok, e = pcall(t.fail, 'not now')
            local waited = t.wait({ list = list, e = e })
            table.sort(list, function(a, b) return a.n > b.n end)
            return { waited = waited, first = list[1].name:gsub('x', '%0y'), context = context, h = t.handle('bag', 2) }
        end
        """
    private static let context = LuaValue.object([
        LuaField(
            "customer", .object([LuaField("name", .string("Ann")), LuaField("tags", .array([.string("a"), .null]))]))
    ])

    /// One life of a VM: load, call, suspend, resume. Errors of memory are the only ones allowed.
    private func live(_ vm: LuaVM) async -> LuaError? {
        await failure {
            let function = try #require(try await vm.run(LuaSource(name: "s.lua", text: Self.script)).first)
            let results = try await vm.call("apply", [function, Self.context])
            #expect(results.count == 1)
        }
    }

    @Test("is reported each time, wherever it fails, and the VM lives", arguments: [1, 2, 3, 1000])
    func everywhere(run: Int) async throws {
        var points = 0
        for after in 1... {
            let vm = try makeVM(modules: ["helper": "return { text = function(n) return ('x'):rep(n) .. n end }"])
            try await vm.withMachine { $0.failAllocations(after: after, run: run) }
            let error = await live(vm)
            let delivered = try await vm.withMachine { machine in
                let delivered = machine.failureDelivered
                machine.failAllocations(after: 0, run: 0)
                return delivered
            }
            if let error, error.code != .memory {
                // A pcall of the script may have caught the failure and made it a value.
                #expect(
                    error.message.contains("memory") || error.message.contains("stack overflow"), "\(error) at \(after)"
                )
            }
            #expect(await live(vm) == nil, "after failure \(after)")
            #expect(try await vm.withMachine { $0.stackHeight } == 0)
            if !delivered { break }
            points += 1
        }
        #expect(points > 60)
        #expect(LuaMachine.panics == 0)
    }

    @Test("also while a cancelled call is closed")
    func whileClosing() async throws {
        for after in 1...40 {
            let (started, begin) = AsyncStream<Void>.makeStream()
            let vm = try makeVM(
                functions: testFunctions + [
                    .immediate("started") { _ in
                        begin.yield(); return []
                    }
                ])
            let function = try await vm.function(
                """
                local t = require 't'
                local function closer() return setmetatable({}, { __close = function() return ('x'):rep(50) .. #{ {}, {} } end }) end
                return function() local a <close> = closer() local b <close> = closer() t.started() t.forever() end
                """)
            let task = Task { try await vm.call("apply", [function]) }
            for await _ in started { break }
            // The call may not wait yet; from here on each allocation counts, whoever makes it.
            try await vm.withMachine { $0.failAllocations(after: after, run: 1000) }
            task.cancel()
            _ = await task.result
            try await vm.withMachine { $0.failAllocations(after: 0, run: 0) }
            #expect(try await vm.call("echo", [Int64(1)]) == [.integer(1)])
        }
        #expect(LuaMachine.panics == 0)
    }

    @Test("at the opening is an error, not a crash")
    func opening() async throws {
        for kibibytes in stride(from: 0, through: 64, by: 1) {
            var limits = LuaLimits()
            limits.memoryBytes = kibibytes << 10
            _ = try? makeVM(limits: limits)
        }
        #expect(LuaMachine.panics == 0)
    }

    @Test("is free again after the call that filled it")
    func recovers() async throws {
        var limits = LuaLimits()
        limits.memoryBytes = 8 << 20
        let vm = try makeVM(limits: limits)
        let before = await vm.memoryInUse
        for _ in 0..<3 {
            let error = await vm.failure(
                "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end", budget: LuaBudget(time: .seconds(20)))
            #expect(error?.message == "out of memory (limit 8 MiB)")
            #expect(error?.location == LuaLocation(file: "s.lua", line: 1))
        }
        #expect(await vm.memoryInUse < before + (1 << 20))
    }
}
