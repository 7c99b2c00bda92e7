public import ParlantCore

/// Running one tool by itself, for tests of agents.
extension EventEngine {
    /// Runs a tool of the session's agent outside a turn, with all checks of its arguments. Its effects reach the
    /// session; its result becomes no event and switches no mode.
    ///
    /// - Returns: How the call ended; nil when the agent has no such tool.
    /// - Throws: ``StoreError`` `notFound`; ``EngineError`` `unknownAgent`; `CancellationError`.
    public func call(
        _ tool: ToolID, arguments: JSONObject, in id: SessionID, traceID: TraceID
    ) async throws -> ToolOutcome? {
        let session = try await log.store.read(id)
        guard let snapshot = agents.snapshot(of: session.agentID) else {
            throw EngineError.unknownAgent(session.agentID)
        }
        guard let tool = snapshot.tools[tool] else { return nil }
        let emitter = TurnEmitter(
            log: log, customers: customers, variables: runner.variables, keyValues: keyValues,
            memories: runner.memories, documents: documents, session: session, snapshot: snapshot, traceID: traceID,
            recorder: runner.recorder(of: session.id, traceID, runner.logger))
        defer { emitter.close() }
        let last = try await log.store.events(of: id, matching: EventQuery()).last?.offset ?? 0
        let context = try await runner.context(of: session, snapshot, emitter, until: last)
        return try await snapshot.handlers.run(tool, arguments: arguments, in: context.handlerContext)
    }
}
