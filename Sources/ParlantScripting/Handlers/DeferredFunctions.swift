import LuaRuntime
import Synchronization

/// Functions that retrievers returned, which one VM keeps by number until nobody can call them any more.
///
/// A function that crosses from Lua is kept as long as its VM; these come with every turn, so they stay in Lua.
final class DeferredFunctions: Sendable {
    private let released = Mutex<[Int64]>([])

    /// Lets the VM forget what was released. What it cannot forget now, it does before the next call.
    func forget(in vm: LuaVM) async {
        let numbers = released.withLock { released in
            defer { released = [] }
            return released
        }
        guard !numbers.isEmpty else { return }
        do {
            _ = try await vm.call("forget", with: numbers)
        } catch {
            released.withLock { $0 += numbers }
        }
    }

    fileprivate func release(_ number: Int64) { released.withLock { $0.append(number) } }
}

/// One of these functions. When nobody holds it any more, it is released.
final class DeferredFunction: Sendable {
    let number: Int64
    private let functions: DeferredFunctions

    init(_ number: Int64, of functions: DeferredFunctions) {
        self.number = number
        self.functions = functions
    }

    deinit { functions.release(number) }
}
