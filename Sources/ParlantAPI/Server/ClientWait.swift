extension Call {
    /// Runs something that may take long, and cancels it at once when the client goes away or the server shuts down. It
    /// runs in a task of its own; what waits for nothing but events is ended more cheaply by ``presence``.
    ///
    /// - Throws: What `body` throws; 503 when it was cancelled, with a time after which to try again.
    func whileClientWaits<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task { try await body() }
        let presence = presence
        presence.whenGone { task.cancel() }
        defer { presence.forget() }
        do {
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch is CancellationError {
            throw APIError.shuttingDown
        }
    }
}
