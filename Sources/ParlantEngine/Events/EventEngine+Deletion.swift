public import ParlantCore

/// Deleting sessions with all that belongs to them.
///
/// Explanations and entries of scripts are found by their session alone, so they go before it: a deletion that breaks
/// off anywhere is finished by asking for it again. They go once more after it, because a message may have come in
/// between and begun a turn.
extension EventEngine {
    /// Cancels the session's turns and waits for their end, removes the session with its events, explanations and what
    /// scripts keep for it, and ends the waits on it with `notFound`.
    ///
    /// - Throws: ``StoreError`` `notFound`, after what a deletion that broke off may have left is removed; what
    ///   ``endTurns(in:)`` and the stores throw: then the session is there with its events, its turns ended and perhaps
    ///   without explanations and entries, or it is gone; asking again removes what is left.
    /// - Complexity: O(events of the session); for one that never was, a look-up in each store.
    public func deleteSession(_ id: SessionID) async throws {
        try await removeBelongings(of: id)
        var absence: StoreError?
        do {
            try await log.store.delete(id)
        } catch let error as StoreError where error.isSessionGone {
            absence = error
        }
        memories?.forget(id)
        log.waiters.deleted(id)
        try await removeBelongings(of: id)
        runner.budgets.forget(id)
        runner.strategies.matcher.conditions.forget(id)
        if let absence { throw absence }
    }

    /// Removes all sessions that match, one after the other, as ``deleteSession(_:)`` does. None is fine, and so is one
    /// that does not match any more when its turn comes: it stays as it is.
    ///
    /// - Throws: what ``endTurns(in:)`` and the stores throw; those before are gone then, and asking again goes on.
    public func deleteSessions(_ query: SessionQuery) async throws {
        var query = query
        query.page = PageRequest(limit: 100)
        while true {
            let page = try await log.store.list(query)
            for session in page.items { try await deleteSession(session.id, if: query) }
            guard let next = page.nextCursor else { return }
            query.page.cursor = next
        }
    }

    /// Cancels the session's turns and all that wait behind them, here and at other nodes, and returns when none runs.
    ///
    /// - Throws: ``EngineError`` `turnRunsElsewhere` when another node has not ended one within the time of a lease: it
    ///   goes on ending it, so asking again helps; what the store throws; `CancellationError`.
    public func endTurns(in id: SessionID) async throws {
        if let leased {
            await leased.ending(id) { await endTurnsHere(in: id) }
            try await leased.endElsewhere(id)
        } else {
            await endTurnsHere(in: id)
        }
    }

    private func endTurnsHere(in id: SessionID) async {
        await scheduler.end(id)
        await memories?.stop(id)
    }

    private func deleteSession(_ id: SessionID, if query: SessionQuery) async throws {
        do {
            // Before its turns end, which go on if it does not match; and after, which may take long.
            guard try await query.matches(log.store.read(id)) else { return }
            try await endTurns(in: id)
            guard try await query.matches(log.store.read(id)) else { return }
            try await deleteSession(id)
        } catch let error as StoreError where error.isSessionGone {
            // By somebody else, who also removes what belongs to it.
        }
    }

    private func removeBelongings(of id: SessionID) async throws {
        try await endTurns(in: id)
        try await explanations?.deleteAll(of: id)
        try await keyValues.deleteAll(in: .session(id))
    }
}
