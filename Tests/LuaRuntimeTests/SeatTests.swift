import Foundation
import Testing

@testable import LuaRuntime

@Suite("A VM that moves to another lane")
struct SeatTests {
    private static let prelude = LuaVM.Prelude(
        module: "t",
        source: """
            local host = ...
            host.entry("where", function() return host.call.thread() end)
            host.entry("around", function() local a = host.call.thread(); host.call.pause(); return a, host.call.thread() end)
            return {}
            """)

    private func vm(on lane: LuaLane) throws -> LuaVM {
        try LuaVM(
            lane: lane,
            functions: [
                .immediate("thread") { _ in [.integer(Int64(bitPattern: UInt64(pthread_self())))] },
                .suspending("pause") { _ in
                    await Task.yield()
                    return []
                },
            ], preludes: [Self.prelude], modules: { _ in nil })
    }

    @Test("runs there from then on, and another VM shows which thread that is")
    func move() async throws {
        let (first, second) = (LuaLane(name: "first"), LuaLane(name: "second"))
        let (vm, other) = (try vm(on: first), try vm(on: second))
        let begin = try await vm.call("where", [])
        let target = try await other.call("where", [])
        #expect(begin != target)
        vm.move(to: second)
        #expect(vm.lane === second)
        #expect(try await vm.call("where", []) == target)
        first.shutDown()
        second.shutDown()
    }

    @Test("calls under way go on, one at a time, however often it moves")
    func moveWhileCalled() async throws {
        let (first, second) = (LuaLane(name: "first"), LuaLane(name: "second"))
        let vm = try vm(on: first)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<200 { group.addTask { try await vm.call("around", []).count } }
            for round in 0..<200 {
                vm.move(to: round % 2 == 0 ? second : first)
                await Task.yield()
            }
            for try await count in group { #expect(count == 2) }
        }
        first.shutDown()
        second.shutDown()
    }

    @Test("VMs that are open are counted, until the last reference is gone")
    func count() async throws {
        #expect(LuaVM.openCount >= 0)
        let vm = try vm(on: sharedLane)
        #expect(LuaVM.openCount >= 1)
        await vm.close()
        await #expect(throws: LuaError.self) { try await vm.call("where", []) }
    }
}
