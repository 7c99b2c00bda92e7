import LuaRuntime
import ParlantCore

/// `ctx:all`: each function runs as a call of its own in the same VM, so that nothing that it returns has to cross.
extension ContextServices {
    var sideBySide: HostFunction {
        .waiting("all") { call in
            let scope = try CallScope.of(call, "ctx:all")
            guard let group = call.argument(0).int, let count = call.argument(1).int, let vm = scope.vm else {
                throw HostError("ctx:all: not available here")
            }
            try scope.resources.countBranches(Int(count), limit: scope.limits.branchesPerCall)
            do {
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for index in 1...count {
                        tasks.addTask {
                            let answer = try await vm.call(
                                "branch", [group, index], budget: scope.limits.callBudget, context: scope)
                            guard answer.first == .boolean(true) else { throw BranchFailure() }
                        }
                    }
                    // The first failure cancels the others; the group waits for their end.
                    for try await _ in tasks {}
                }
                return [.boolean(true)]
            } catch is BranchFailure {
                // What it raised never left Lua, which raises it again.
                return [.boolean(false)]
            } catch let error as LuaError where error.code == .busy {
                throw HostError("ctx:all: \(error.message)")
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // A limit ends the whole call, as it does without `all`.
                throw HostAbort(error)
            }
        }
    }

    private struct BranchFailure: Error {}
}
