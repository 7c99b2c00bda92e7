import LuaRuntime

extension BundleLane {
    /// Calls an entry of the preludes with what it is about, the context of the call and more arguments; closes what the
    /// call opened and left open.
    func call(
        _ entry: String, _ subject: LuaValue, _ scope: CallScope, _ arguments: [any LuaEncodable & Sendable]
    ) async throws -> [LuaValue] {
        await deferred.forget(in: vm)
        var scope = scope
        scope.vm = vm
        scope.gate = gate
        let all: [any LuaEncodable & Sendable] = [subject, scope] + arguments
        do {
            let values = try await vm.call(entry, all, budget: scope.limits.callBudget, context: scope)
            await scope.resources.close()
            return values
        } catch {
            await scope.resources.close()
            throw error
        }
    }
}
