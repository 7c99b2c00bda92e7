import Glibc
import Testing

@testable import LuaRuntime

/// One lane for all tests: a script that blocked it would be seen by every other test.
let sharedLane = LuaLane(name: "lua-tests")

/// What every test VM offers: entries that call a function given as the first argument.
let testPrelude = LuaVM.Prelude(
    module: "t",
    source: """
        local host = ...
        host.entry("apply", function(f, ...) return f(...) end)
        host.entry("echo", function(...) return ... end)
        host.type("box", { __index = { open = function(self) return select(2, host.handle_id(self)) end } })
        local t = {}
        for name, f in pairs(host.call) do t[name] = f end
        t.null, t.array, t.object, t.handle, t.handle_id = host.null, host.array, host.object, host.handle, host.handle_id
        function t.raise(message) error(message, 0) end
        function t.entry(name, f) host.entry(name, f) end
        return t
        """)

let testFunctions: [HostFunction] = [
    .immediate("echo") { $0.arguments },
    .immediate("keep", passesFunctions: true) { $0.arguments },
    .immediate("fail") { call in
        guard case .string(let text)? = call.arguments.first else { throw HostError("a text is needed") }
        throw HostError(text)
    },
    .immediate("where") { call in
        [.string(call.location?.description ?? "nowhere"), .string(call.context as? String ?? "none")]
    },
    .immediate("bad_number") { _ in [.array([.number(.nan)])] },
    .suspending("wait") { call in
        await Task.yield()
        return call.arguments
    },
    .suspending("wait_fail") { _ in
        await Task.yield()
        throw HostError("the bank is closed")
    },
    .suspending("forever") { _ in
        // Ends only by cancellation.
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        defer { continuation.finish() }
        for await _ in stream {}
        throw CancellationError()
    },
]

func makeVM(
    limits: LuaLimits = .init(), functions: [HostFunction] = testFunctions, preludes: [LuaVM.Prelude] = [testPrelude],
    modules: [String: String] = [:]
) throws -> LuaVM {
    try LuaVM(lane: sharedLane, limits: limits, functions: functions, preludes: preludes) { name in
        modules[name].map { LuaSource(name: name.replacing(".", with: "/") + ".lua", text: $0) }
    }
}

extension LuaVM {
    /// Runs a script called `s.lua`.
    func script(_ text: String, budget: LuaBudget = LuaBudget()) throws -> [LuaValue] {
        try run(LuaSource(name: "s.lua", text: text), budget: budget)
    }

    /// The function that a script returns.
    func function(_ text: String) throws -> LuaValue {
        try #require(try script(text).first)
    }

    /// Loads the text as a file, which returns a function, and calls that in a coroutine.
    func apply(_ text: String, _ arguments: [LuaValue] = [], budget: LuaBudget = LuaBudget()) async throws -> [LuaValue]
    {
        let function = try function(text)
        return try await call("apply", [function] + arguments, budget: budget)
    }

    /// The error that a script ends with.
    func failure(_ text: String, budget: LuaBudget = LuaBudget()) -> LuaError? {
        do {
            _ = try script(text, budget: budget)
            return nil
        } catch {
            return error as? LuaError
        }
    }
}

extension LuaVM {
    /// Runs a body on the lane and says how long the lane's thread computed for it; what it waited for a core on a busy
    /// machine does not count.
    func timed<Result: Sendable>(_ body: @Sendable (isolated LuaVM) -> Result) -> (Result, Duration) {
        func computed() -> Duration {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
        let began = computed()
        return (body(self), computed() - began)
    }
}

/// The error that an async body ends with.
func failure(_ body: () async throws -> Void) async -> LuaError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? LuaError
    }
}
