public import ParlantCore

/// Posting, reading and waiting.
extension EventEngine {
    /// Appends a customer's message and has the agent answer, unless the session is in manual mode. Returns when the
    /// message is stored; the answer comes as events with the same trace.
    ///
    /// - Parameters:
    ///   - participant: Who speaks; nil: the session's customer, whose id serves as the name when no store knows them.
    ///   - moderation: What was found in the text. The agent does not see the text of a flagged message.
    /// - Throws: ``StoreError`` `notFound`, ``EngineError`` `shuttingDown`, `busy` for an agent with
    ///   ``DoubleText/reject``, `tooManyQueued` for one with ``DoubleText/enqueue``; then nothing was stored.
    public func postCustomerMessage(
        _ text: String, participant: Participant?, moderation: Moderation = .unflagged, metadata: JSONObject = [:],
        to id: SessionID, traceID: TraceID
    ) async throws -> Event {
        guard !scheduler.isDraining else { throw EngineError.stopping }
        let session = try await log.store.read(id)
        let speaker: Participant
        if let participant { speaker = participant } else { speaker = try await self.participant(session.customerID) }
        let draft = EventDraft(
            source: .customer, kind: .message, traceID: traceID,
            data: EventData.customerMessage(
                text, from: speaker, flagged: moderation.isFlagged, tags: moderation.categories),
            metadata: metadata)
        // The turn looks at the mode again; this only saves a task for what people answer.
        guard session.mode == .auto else {
            let event = try await log.append(draft, to: id)
            memories?.heard(session, at: event.offset)
            return event
        }
        let doubleText = agents.snapshot(of: session.agentID)?.agent.doubleText ?? .interrupt
        var request = TurnRequest(session: id, traceID: traceID, doubleText: doubleText)
        switch doubleText {
        case .interrupt, .merge: break
        case .enqueue:
            let limit = settings.queuedTurnsPerSession
            guard scheduler.waitingCount(id) < limit else { throw EngineError.tooManyQueued(limit) }
            if try await runsElsewhere(id) {
                // One of them runs.
                guard try await log.store.openTurns(of: id).count <= limit else {
                    throw EngineError.tooManyQueued(limit)
                }
            }
        case .reject:
            request.isReserved = scheduler.reserve(id)
            guard request.isReserved else { throw EngineError.busy }
        }
        do {
            if request.isReserved, try await runsElsewhere(id) { throw EngineError.busy }
            let event = try await log.append(draft, to: id, .opens)
            request.causeOffset = event.offset
            memories?.heard(session, at: event.offset)
            scheduler.request(request)
            return event
        } catch {
            if request.isReserved { scheduler.release(id) }
            throw error
        }
    }

    private func participant(_ customer: CustomerID) async throws -> Participant {
        let name = try await customers.find(customer)?.name
        return Participant(id: customer.rawValue, displayName: name ?? customer.rawValue)
    }

    /// Appends an event that starts no turn: of a human agent, a custom one, a status.
    ///
    /// - Throws: ``StoreError`` `notFound`; then nothing was stored.
    public func post(_ draft: EventDraft, to id: SessionID) async throws -> Event {
        try await log.append(draft, to: id)
    }

    /// Events that match, by offset, as of now.
    ///
    /// - Throws: ``StoreError`` `notFound`.
    public func events(of id: SessionID, matching query: EventQuery) async throws -> [Event] {
        try await log.store.events(of: id, matching: query)
    }

    /// One event of this session.
    ///
    /// - Throws: ``StoreError`` `notFound` when there is no such session or no such event in it.
    public func event(_ event: EventID, of id: SessionID) async throws -> Event {
        try await log.store.event(event, of: id)
    }

    /// Events that match: at once if there are any; else when the first one is appended, all that match by then; `[]`
    /// after `timeout` (rounded up to a quarter of a second).
    ///
    /// Waiting costs one table entry. Cancelling the task ends the wait at once and leaves nothing behind.
    ///
    /// - Parameter onWait: Is handed, each time a wait begins, what ends it as cancelling the task does: for those who
    ///   wait on behalf of somebody and want no task for that alone. Calling it late, or twice, does nothing.
    /// - Throws: ``StoreError`` `notFound` when there is no such session or it is deleted meanwhile; ``EngineError``
    ///   `tooManyWaiters`, `shuttingDown`; `CancellationError`.
    public func waitForEvents(
        of id: SessionID, matching query: EventQuery, timeout: Duration,
        onWait: (@escaping @Sendable () -> Void) -> Void = { _ in }
    ) async throws -> [Event] {
        try await log.wait(for: query, of: id, timeout: timeout, clock: clock, onWait: onWait)
    }

    /// Why the turn that wrote an event went as it did.
    ///
    /// - Returns: Nil when no turn wrote it, or when the explanation is not kept any more.
    /// - Throws: ``StoreError`` `notFound` when there is no such session or no such event in it.
    public func explanation(of event: EventID, in id: SessionID) async throws -> Explanation? {
        let event = try await log.store.event(event, of: id)
        guard event.source == .aiAgent else { return nil }
        return try await explanations?.find(event.traceID, of: id)
    }

    /// A reader that begins with what is there and goes on with what comes.
    ///
    /// - Parameter query: What it reads; its limit is the size of a batch.
    /// - Throws: ``StoreError`` `notFound`; ``EngineError`` `tooManyWaiters`, `shuttingDown`.
    public func reader(of id: SessionID, matching query: EventQuery) async throws -> EventReader {
        _ = try await log.store.read(id)
        return try EventReader(log, of: id, query, clock: clock)
    }

    /// A reader of one event and its changes.
    ///
    /// - Throws: ``StoreError`` `notFound` when there is no such session or no such event in it; ``EngineError``
    ///   `tooManyWaiters`, `shuttingDown`.
    public func watch(_ event: EventID, of id: SessionID) async throws -> EventWatch {
        _ = try await log.store.event(event, of: id)
        return try EventWatch(log, of: id, event, clock: clock)
    }

    /// The event as soon as nothing more will be added to it; as it is by then after `timeout`.
    ///
    /// - Throws: As ``watch(_:of:)``; `notFound` also when it is deleted meanwhile; `CancellationError`.
    public func waitForCompletion(of event: EventID, in id: SessionID, timeout: Duration) async throws -> Event {
        var latest = try await log.store.event(event, of: id)
        guard EventData.isIncomplete(latest.data), timeout > .zero else { return latest }
        let watch = try EventWatch(log, of: id, event, clock: clock)
        let deadline = clock.uptime + timeout
        while EventData.isIncomplete(latest.data) {
            guard let next = try await watch.next(within: deadline - clock.uptime) else { break }
            latest = next
        }
        return latest
    }

    /// Sets and unsets metadata of an event, and returns it as it is now.
    ///
    /// - Throws: ``StoreError`` `notFound` when there is no such session or no such event in it.
    public func updateEvent(_ event: EventID, of id: SessionID, _ change: MetadataChange) async throws -> Event {
        try await log.update(event, of: id, EventChange(metadata: change))
    }

    /// Deletes the events from an offset on and cancels the turns that begin there; those that somebody's message before
    /// it asked for go on. Nothing there is fine.
    ///
    /// - Throws: ``StoreError`` `notFound`; ``EngineError`` `middleOfTrace` when the first event to go is not the first
    ///   of its trace: a turn goes from its beginning. Then nothing was deleted.
    /// - Complexity: O(events of the session), for finding the beginning of the trace.
    public func deleteEvents(of id: SessionID, from minOffset: Int) async throws {
        let first = try await log.store.events(of: id, matching: EventQuery(minOffset: minOffset, limit: 1)).first
        guard let first else { return }
        let begin = try await log.store.events(of: id, matching: EventQuery(traceID: first.traceID, limit: 1)).first
        guard begin?.offset == first.offset else { throw EngineError.middleOfTrace }
        var gone: Set<TraceID> = []
        for trace in scheduler.traces(of: id) ?? [] {
            let begin = try await log.store.events(of: id, matching: EventQuery(traceID: trace, limit: 1)).first
            if let begin, begin.offset >= minOffset { gone.insert(trace) }
        }
        scheduler.cancel(id, gone)
        try await log.store.deleteEvents(of: id, from: minOffset)
        log.waiters.deletedEvents(of: id)
        // And those that were asked for meanwhile.
        try await cancelClosedTurns(of: id)
    }

    /// Cancels turns of the session whose messages were deleted, here or at another node.
    func cancelClosedTurns(of id: SessionID) async throws {
        guard let traces = scheduler.traces(of: id) else { return }
        // Afterwards: whatever is asked for is open before it is asked for.
        let open = try await log.store.openTurns(of: id).map(\.traceID)
        scheduler.cancel(id, traces.subtracting(open))
    }
}
