public import ParlantCore

/// Having the agent speak.
extension EventEngine {
    /// Starts a turn of the agent without a message, and returns its first status event.
    ///
    /// - Throws: ``StoreError`` `notFound`; ``EngineError`` `manualSession`, `unknownAgent`, `superseded` when a
    ///   customer's message came first, `shuttingDown`, `tooManyWaiters`, `turnFailed` when not even a status could be
    ///   stored.
    public func requestTurn(in id: SessionID, traceID: TraceID) async throws -> Event {
        let query = EventQuery(kinds: [.status], source: .aiAgent, traceID: traceID)
        // Before the session is read: its deletion would be missed in between.
        let ticket = try log.waiters.register(id, .events(query), isKept: true)
        defer { log.waiters.withdraw(ticket) }
        let session = try await log.store.read(id)
        let snapshot = try speaker(of: session)
        guard !scheduler.isDraining else { throw EngineError.stopping }
        try await log.store.open(OpenTurn(session: id, traceID: traceID, openedAt: clock.now))
        let refusal = Refusal()
        scheduler.request(
            TurnRequest(
                session: id, traceID: traceID, doubleText: snapshot.agent.doubleText,
                onRefused: { [waiters = log.waiters] error in
                    refusal.set(error)
                    waiters.signal([ticket], .cancelled)
                }))
        // The node that has the session may close the turn without a word, and tells nobody.
        var isTimerNeeded = leased != nil
        while true {
            if isTimerNeeded, let leased { log.wheel.arm(ticket, after: leased.duration) }
            let outcome = await log.waiters.wait(for: ticket)
            if let error = refusal.reason { throw error }
            switch outcome {
            case .sessionDeleted: throw StoreError.notFound("session", id)
            case .shuttingDown: throw EngineError.stopping
            case .cancelled: throw CancellationError()
            case .appended: isTimerNeeded = false
            case .timedOut: isTimerNeeded = true
            }
            // Everybody is woken when anything may have happened, which need not be this.
            try log.waiters.renew(ticket, .events(query))
            // Asked for first: a turn that ends in between has said something.
            let isOpen =
                if leased == nil { true } else {
                    try await log.store.openTurns(of: id).contains { $0.traceID == traceID }
                }
            if let first = try await log.store.events(of: id, matching: query).first { return first }
            if !isOpen { throw EngineError.endedElsewhere }
        }
    }

    private func speaker(of session: Session) throws -> AgentSnapshot {
        guard session.mode == .auto else { throw EngineError.manual }
        guard let snapshot = agents.snapshot(of: session.agentID) else {
            throw EngineError.unknownAgent(session.agentID)
        }
        return snapshot
    }

    /// Has the agent say something to the effect of the guidance, in manual mode too and beside a running turn, which
    /// goes on. Returns the message when it is in the log.
    ///
    /// - Throws: ``StoreError`` `notFound`; ``EngineError`` `noLanguageModel`, `unknownAgent`, `shuttingDown`: then
    ///   nothing was stored; `modelFailed`, `budgetExhausted`; `CancellationError`.
    public func utter(_ guidance: [Guidance], in id: SessionID, traceID: TraceID) async throws -> Event {
        let session = try await log.store.read(id)
        guard runner.strategies.canWrite else { throw EngineError.noLanguageModel }
        guard let snapshot = agents.snapshot(of: session.agentID) else {
            throw EngineError.unknownAgent(session.agentID)
        }
        guard !scheduler.isDraining else { throw EngineError.stopping }
        return try await runner.utter(guidance, in: session, snapshot, traceID: traceID)
    }
}
