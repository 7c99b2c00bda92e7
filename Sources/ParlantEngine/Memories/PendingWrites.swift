import OrderedCollections
import Synchronization

/// Writes beside the turns, one at a time. Of several wishes for one key that wait, the newest is written, or what it makes
/// of the one before.
final class PendingWrites<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var pending: OrderedDictionary<Key, Value> = [:]
        var writing: Task<Void, Never>?
    }

    private let merge: @Sendable (_ waiting: Value, _ new: Value) -> Value
    private let write: @Sendable (Key, Value) async -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - merge: What is written when something new is wished for a key that waits.
    ///   - write: Writes one, or logs why it could not.
    init(
        merge: @escaping @Sendable (_ waiting: Value, _ new: Value) -> Value = { $1 },
        write: @escaping @Sendable (Key, Value) async -> Void
    ) {
        self.merge = merge
        self.write = write
    }

    /// Has a value written soon. Never waits.
    func add(_ value: Value, for key: Key) {
        state.withLock { state in
            state.pending[key] = state.pending[key].map { merge($0, value) } ?? value
            guard state.writing == nil else { return }
            state.writing = Task { [self] in
                while let (key, value) = next() { await write(key, value) }
            }
        }
    }

    /// Returns when all is written.
    func flush() async {
        while let task = state.withLock({ $0.writing }) { await task.value }
    }

    private func next() -> (Key, Value)? {
        state.withLock { state in
            guard let first = state.pending.elements.first else {
                state.writing = nil
                return nil
            }
            state.pending.removeFirst()
            return (first.key, first.value)
        }
    }
}
