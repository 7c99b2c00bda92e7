import DequeModule
import Synchronization

/// Lets one task at a time work on what has a key, in the order in which they came. Waiting holds no thread.
///
/// There is no limit to how long one waits: who has the key ends when the database answers or the time-out of its call
/// has passed.
final class KeyedMutex<Key: Hashable & Sendable>: Sendable {
    /// Who waits for each key; there is an entry while somebody has it.
    private let queues = Mutex<[Key: Deque<CheckedContinuation<Void, Never>>]>([:])

    /// Runs `body` when all who came before with this key have finished.
    ///
    /// A task that is cancelled while it waits keeps its place and runs `body` in its turn.
    ///
    /// - Throws: What `body` throws.
    func exclusively<Value: Sendable>(_ key: Key, _ body: () async throws -> Value) async rethrows -> Value {
        await withCheckedContinuation { continuation in
            let isFree = queues.withLock { queues in
                guard queues[key] != nil else {
                    queues[key] = []
                    return true
                }
                queues[key]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        defer { pass(key) }
        return try await body()
    }

    private func pass(_ key: Key) {
        let next: CheckedContinuation<Void, Never>? = queues.withLock { queues in
            if let next = queues[key]?.popFirst() { return next }
            queues[key] = nil
            return nil
        }
        next?.resume()
    }
}
