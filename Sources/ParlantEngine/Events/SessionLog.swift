import ParlantCore

/// The sessions' logs with their readers: an append wakes, after it is durable, exactly the readers that it concerns.
struct SessionLog: Sendable {
    let store: any SessionStore
    let waiters: WaiterTable
    let wheel: TimerWheel
    /// What is appended here is appended under this lease, and so is what is noted of its turn; nil: by whoever likes.
    var lease: TurnLease?

    init(store: any SessionStore, clock: any TimeSource, limits: WaiterTable.Limits) {
        self.store = store
        let waiters = WaiterTable(limits: limits)
        self.waiters = waiters
        wheel = TimerWheel(clock: clock) { waiters.signal($0, .timedOut) }
    }

    /// Appends one event and wakes the readers that wait for it.
    ///
    /// - Parameter mark: What the event means for the turn of its trace.
    /// - Throws: what the store throws; then nothing was stored and nobody was woken.
    func append(_ draft: EventDraft, to session: SessionID, _ mark: TurnMark? = nil) async throws -> Event {
        var draft = draft
        draft.lease = lease
        let event = try await store.append(draft, to: session, mark)
        waiters.appended(event, to: session)
        return event
    }

    /// Changes one event in place and wakes those who wait for that.
    ///
    /// - Throws: what the store throws; then nothing was changed.
    func update(_ event: EventID, of session: SessionID, _ change: EventChange) async throws -> Event {
        let changed = try await store.update(event, of: session, change)
        waiters.changed(event, of: session)
        return changed
    }

    /// Events that match: at once if there are any, else when the first one is appended; `[]` after `timeout`.
    func wait(
        for query: EventQuery, of session: SessionID, timeout: Duration, clock: any TimeSource,
        onWait: (@escaping @Sendable () -> Void) -> Void
    ) async throws -> [Event] {
        let deadline = clock.uptime + timeout
        while true {
            let ticket = try waiters.register(session, .events(query))
            let present: [Event]
            do {
                present = try await store.events(of: session, matching: query)
            } catch {
                waiters.withdraw(ticket)
                throw error
            }
            let left = deadline - clock.uptime
            guard present.isEmpty, left > .zero else {
                waiters.withdraw(ticket)
                return present
            }
            wheel.arm(ticket, after: left)
            onWait { [waiters] in waiters.signal([ticket], .cancelled) }
            switch await waiters.wait(for: ticket) {
            case .appended: continue
            case .timedOut: return []
            case .sessionDeleted: throw StoreError.notFound("session", session)
            case .cancelled: throw CancellationError()
            case .shuttingDown: throw EngineError.stopping
            }
        }
    }
}
