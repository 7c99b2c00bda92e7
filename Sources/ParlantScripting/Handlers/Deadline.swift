import ParlantCore

/// A handler took longer than it may, waiting included.
struct DeadlineError: Error, Sendable {
    var limit: Duration
}

/// Ends work that takes too long.
enum Deadline {
    /// Runs `body`, and cancels it when the clock has run for `limit`.
    ///
    /// - Throws: ``DeadlineError`` then; `CancellationError` when the caller is cancelled; else what `body` throws.
    ///   When this returns, `body` has ended.
    static func run<Value: Sendable>(
        _ limit: Duration, on clock: any TimeSource, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await clock.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            guard let value = first else { throw DeadlineError(limit: limit) }
            return value
        }
    }
}
