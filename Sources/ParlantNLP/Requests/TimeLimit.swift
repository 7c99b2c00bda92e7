import ParlantCore

extension TimeSource {
    /// Runs `body`, and gives it up when a time comes.
    ///
    /// - Parameters:
    ///   - deadline: On ``ParlantCore/TimeSource/uptime``.
    ///   - error: What is thrown when `body` has not ended by then. `body` is cancelled and waited for, so it must end
    ///     soon after that.
    /// - Throws: Also what `body` throws; `CancellationError` as soon as the task is cancelled.
    func cut<Value: Sendable>(
        at deadline: Duration, orThrow error: any Error, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let left = deadline - uptime
        guard left > .zero else { throw error }
        let outcome = await withTaskGroup(of: Result<Value, any Error>?.self) { group in
            group.addTask {
                do { return .success(try await body()) } catch { return .failure(error) }
            }
            group.addTask {
                try? await self.sleep(for: left)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        if Task.isCancelled { throw CancellationError() }
        guard let outcome else { throw error }
        return try outcome.get()
    }
}
