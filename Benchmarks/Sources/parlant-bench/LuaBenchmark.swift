import CLuaBaseline
import LuaRuntime

/// One Lua tool call from the inside out: Lua alone, our bridge, a change of thread, a whole tool.
struct LuaBenchmark {
    /// Folder with the benchmark's agents.
    var agents: String

    func run() async throws {
        try await plain()
        try await bridge()
        try await WaitingBenchmark().run()
        try await ToolCallBenchmark(agents: agents).run()
    }

    /// The bounds: `lua_pcall` of a function that does nothing, and of one that gets as many fields as a tool does.
    private func plain() async throws {
        let empty = try Baseline("return function() end")
        try await report("pcall", batches: 300, calls: 1000) { calls in try empty.call(calls) }
        let tool = try Baseline("return function(ctx, args) return { answer = ctx.field_01 .. args.item } end")
        try await report("pcall-20-fields", batches: 300, calls: 200) { calls in try tool.callWithFields(calls) }
    }

    private func bridge() async throws {
        let lane = LuaLane(name: "bench")
        let prelude = LuaVM.Prelude(
            module: "bench",
            source: """
                local host = ...
                host.entry("nothing", function() end)
                host.entry("tool", function(ctx, args) return { answer = ctx.field_01 .. args.item } end)
                """)
        let vm = try LuaVM(lane: lane, functions: [], preludes: [prelude], modules: { _ in nil })
        try await vm.reportFromLane()
        let (fields, arguments) = (Payload.fields, Payload.arguments)
        try await report("vm-20-fields-from-elsewhere", batches: 300, calls: 100) { calls in
            for _ in 0..<calls { _ = try await vm.call("tool", [fields, arguments]) }
        }
        lane.shutDown()
    }
}

extension LuaVM {
    /// Calls made on the lane itself, without a change of thread.
    fileprivate func reportFromLane() async throws {
        try await report("vm-empty", batches: 300, calls: 200) { calls in
            for _ in 0..<calls { _ = try await self.call("nothing", []) }
        }
        let (fields, arguments) = (Payload.fields, Payload.arguments)
        try await report("vm-20-fields", batches: 300, calls: 100) { calls in
            for _ in 0..<calls { _ = try await self.call("tool", [fields, arguments]) }
        }
    }
}

/// What crosses in each call: 20 short strings, and one argument.
private enum Payload {
    static let keys = (1...20).map { $0 < 10 ? "field_0\($0)" : "field_\($0)" }
    static let value = "a value of 24 characters"
    static let fields = LuaValue.object(keys.map { LuaField($0, .string(value)) })
    static let arguments = LuaValue.object([LuaField("item", .string("chain"))])
}

/// A Lua state of its own, driven by C alone.
private final class Baseline {
    private let state: OpaquePointer
    /// C strings that live as long as the baseline.
    private let strings: [UnsafeMutablePointer<CChar>]
    private let fields: [lua_baseline_field]
    private let arguments: [lua_baseline_field]

    init(_ source: String) throws {
        guard let state = lua_baseline_open(source) else { throw BenchmarkError("the baseline did not load") }
        self.state = state
        let strings = (Payload.keys + [Payload.value, "item", "chain"]).map(Self.copy)
        self.strings = strings
        let count = Payload.keys.count
        fields = (0..<count).map { lua_baseline_field(key: strings[$0], value: strings[count]) }
        arguments = [lua_baseline_field(key: strings[count + 1], value: strings[count + 2])]
    }

    deinit {
        lua_baseline_close(state)
        for string in strings { string.deallocate() }
    }

    func call(_ times: Int) throws {
        guard lua_baseline_call(state, Int32(times)) else { throw BenchmarkError("the baseline raised") }
    }

    func callWithFields(_ times: Int) throws {
        guard lua_baseline_call_with_fields(state, Int32(times), fields, fields.count, arguments, arguments.count)
        else { throw BenchmarkError("the baseline raised") }
    }

    private static func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
        let bytes = text.utf8CString
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { (copy + index).initialize(to: byte) }
        return copy
    }
}

/// Measures and prints one line of JSON.
nonisolated(nonsending) func report(
    _ name: String, batches: Int, calls: Int, _ body: nonisolated(nonsending) (_ calls: Int) async throws -> Void
) async throws {
    let cost = try await cost(batches: batches, calls: calls, body)
    let nanoseconds = Int(cost.nanoseconds.rounded())
    let allocations = (cost.allocations * 100).rounded() / 100
    print(#"{"name": "\#(name)", "nanoseconds": \#(nanoseconds), "allocations": \#(allocations)}"#)
}
