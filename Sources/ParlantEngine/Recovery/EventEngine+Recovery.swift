public import ParlantCore

/// Turns of a server that died.
extension EventEngine {
    /// Takes up what of conversations is still to be remembered, and every open turn of the store, in the order in which they
    /// were opened: each ends, or is run again, before anything that is asked for later in its session. Returns at once;
    /// ``recover(_:)`` says how they end.
    ///
    /// Call it once, before anybody can post. Where other nodes share the sessions, only turns that none of them runs.
    ///
    /// - Returns: How many there are.
    /// - Throws: what the store throws; then nothing was begun.
    /// - Complexity: O(open turns), however long their sessions are.
    @discardableResult
    public func recover() async throws -> Int {
        let turns =
            if let leased { try await leased.abandoned().turns } else { try await log.store.openTurns(of: nil) }
        if let memories {
            try await memories.recover()
            for turn in turns { try await memories.heard(turn) }
        }
        for turn in turns { recover(turn) }
        return turns.count
    }

    /// Takes up one open turn that nobody runs any more, behind what runs in its session now. Returns at once.
    ///
    /// - It has ended: it is closed.
    /// - It has said its answer, or how it failed: it ends with `ready`, and with `error` before it when the answer is cut.
    /// - A newer message's turn answers it too: it is closed, with `cancelled` and `ready` when it was seen.
    /// - It was begun ``EngineSettings/turnBegins`` times: it ends with `error` and `ready`.
    /// - Else it runs again, under its trace. What it called that cannot be undone is not called again: the outcome is
    ///   taken from what was written down, or said to be unknown.
    ///
    /// One that runs or waits here already is left alone, and so is one that is not open any more when its time comes.
    public func recover(_ turn: OpenTurn) { scheduler.request(TurnRequest(recovering: turn)) }

    /// Asks for an open turn that nobody has begun, as if it had just been asked for here: what it does to a turn that
    /// runs is the agent's choice (``DoubleText``). Returns when the request is placed.
    ///
    /// - Throws: ``StoreError`` `notFound` when the session is gone, and with it the turn.
    public func request(_ turn: OpenTurn) async throws {
        let agent = agents.snapshot(of: try await log.store.read(turn.session).agentID)?.agent
        // A place cannot be kept for what is stored already: it waits.
        let doubleText = agent?.doubleText == .reject ? .enqueue : agent?.doubleText ?? .interrupt
        scheduler.request(
            TurnRequest(
                session: turn.session, traceID: turn.traceID, causeOffset: turn.causeOffset, doubleText: doubleText))
    }
}
