import CLuaBaseline
import Foundation
import LuaRuntime
import Synchronization

/// What calls cost that wait: the time of one wait, and the memory of many calls that wait at once.
struct WaitingBenchmark {
    private static let calls = 10_000

    func run() async throws {
        guard let bytes = Self.coroutineBytes() else { throw BenchmarkError("the baseline did not load") }
        print(#"{"name": "coroutines", "lua_bytes": \#(bytes)}"#)
        let lane = LuaLane(name: "bench")
        let gate = Gate()
        var limits = LuaLimits()
        limits.concurrentCalls = Self.calls
        limits.memoryBytes = 256 << 20
        let prelude = LuaVM.Prelude(
            module: "bench",
            source: """
                local host = ...
                host.entry("once", function() host.call.once() end)
                host.entry("wait", function() host.call.wait() end)
                """)
        let vm = try LuaVM(
            lane: lane, limits: limits,
            functions: [
                .suspending("once") { _ in [] },
                .suspending("wait") { _ in
                    await gate.wait()
                    return []
                },
            ], preludes: [prelude], modules: { _ in nil })
        try await vm.reportOneWait()
        try await many(vm, gate)
        lane.shutDown()
    }

    /// All of them wait, then all go on, and none is lost.
    private func many(_ vm: LuaVM, _ gate: Gate) async throws {
        // The tables of the VM grow once; what they hold afterwards is what is measured.
        try await round(vm, gate, calls: 100)
        let luaBefore = await vm.memoryInUse
        let residentBefore = try Self.residentBytes()
        var luaBytes = 0
        var residentBytes = 0
        try await round(vm, gate, calls: Self.calls) {
            luaBytes = await vm.memoryInUse - luaBefore
            residentBytes = try Self.residentBytes() - residentBefore
        }
        print(
            #"{"name": "waiting-calls", "calls": \#(Self.calls), "lua_bytes": \#(luaBytes / Self.calls), "resident_bytes": \#(residentBytes / Self.calls)}"#
        )
    }

    private func round(
        _ vm: LuaVM, _ gate: Gate, calls: Int, whenAllWait: () async throws -> Void = {}
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<calls { group.addTask { _ = try await vm.call("wait", []) } }
            while gate.count < calls { try await Task.sleep(for: .milliseconds(5)) }
            try await whenAllWait()
            gate.open()
            try await group.waitForAll()
        }
    }

    private static func residentBytes() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { throw BenchmarkError("/proc/self/statm is odd") }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    private static func coroutineBytes() -> Int? {
        let bytes = lua_baseline_coroutine_bytes(Int32(calls))
        return bytes > 0 ? Int(bytes) : nil
    }
}

extension LuaVM {
    fileprivate func reportOneWait() async throws {
        try await report("vm-waits-once", batches: 300, calls: 200) { calls in
            for _ in 0..<calls { _ = try await self.call("once", []) }
        }
    }
}

/// Holds calls until it opens, then lets the next ones wait again.
private final class Gate: Sendable {
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

    var count: Int { waiting.withLock { $0.count } }

    func wait() async { await withCheckedContinuation { continuation in waiting.withLock { $0.append(continuation) } } }

    func open() {
        let all = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for continuation in all { continuation.resume() }
    }
}
