import Synchronization

/// Lets one task at a time work on what has a key, in the order in which they came. Waiting holds no thread.
///
/// There is no limit to how long one waits: who has the key ends when the database answers or the time-out of its call
/// has passed.
package final class KeyedMutex<Key: Hashable & Sendable>: Sendable {
    /// Who waits for a key, by number.
    private struct Line: Sendable {
        private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        private var first = 0

        mutating func append(_ continuation: CheckedContinuation<Void, Never>) {
            waiting[first + waiting.count] = continuation
        }

        mutating func popFirst() -> CheckedContinuation<Void, Never>? {
            defer { first += 1 }
            return waiting.removeValue(forKey: first)
        }
    }

    /// There is an entry while somebody has the key.
    private let lines = Mutex<[Key: Line]>([:])

    /// Nobody has any key.
    package init() {}

    /// Runs `body` when all who came before with this key have finished.
    ///
    /// A task that is cancelled while it waits keeps its place and runs `body` in its turn.
    ///
    /// - Throws: What `body` throws.
    package func exclusively<Value: Sendable>(_ key: Key, _ body: () async throws -> Value) async rethrows -> Value {
        await withCheckedContinuation { continuation in
            let isFree = lines.withLock { lines in
                guard lines[key] != nil else {
                    lines[key] = Line()
                    return true
                }
                lines[key]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        defer { pass(key) }
        return try await body()
    }

    private func pass(_ key: Key) {
        let next: CheckedContinuation<Void, Never>? = lines.withLock { lines in
            if let next = lines[key]?.popFirst() { return next }
            lines[key] = nil
            return nil
        }
        next?.resume()
    }
}
