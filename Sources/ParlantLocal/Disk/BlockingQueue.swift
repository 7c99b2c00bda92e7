import Dispatch
import Synchronization

/// Threads for what blocks, away from Swift's cooperative pool. What comes while all are busy waits its turn.
final class BlockingQueue: Sendable {
    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var free: Int
    }

    private let state: Mutex<State>

    /// - Parameter width: Most calls that run at the same time.
    init(width: Int) { state = Mutex(State(free: width)) }

    /// Runs something that blocks.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let starts = state.withLock { state in
                state.waiting.append { continuation.resume(with: Result(catching: body)) }
                guard state.free > 0 else { return false }
                state.free -= 1
                return true
            }
            if starts { DispatchQueue.global().async { self.drain() } }
        }
    }

    private func drain() {
        while let next = next() { next() }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
