public import Logging
public import ParlantCore

/// Owns the sessions' logs: every read, write and wait of sessions and events goes through it, and customer messages
/// start turns.
///
/// Posting never waits for an answer. Sessions do not wait for each other. A reader is woken by the append, after it is
/// durable; nothing polls.
public final class EventEngine: Sendable {
    private let log: SessionLog
    private let customers: any CustomerStore
    private let agents: any AgentCatalog
    private let scheduler: TurnScheduler
    private let settings: EngineSettings
    private let clock: any TimeSource

    /// What the engine works with. All of it is shared with the rest of the server.
    public struct Services: Sendable {
        public var sessions: any SessionStore
        public var customers: any CustomerStore
        public var tags: any TagStore
        public var agents: any AgentCatalog
        public var nlp: any NLPService
        public var clock: any TimeSource
        public var logger: Logger

        public init(
            sessions: any SessionStore, customers: any CustomerStore, tags: any TagStore,
            agents: any AgentCatalog, nlp: any NLPService, clock: any TimeSource, logger: Logger
        ) {
            self.sessions = sessions
            self.customers = customers
            self.tags = tags
            self.agents = agents
            self.nlp = nlp
            self.clock = clock
            self.logger = logger
        }
    }

    /// An engine without running turns.
    public init(_ services: Services, settings: EngineSettings = .init()) {
        self.settings = settings
        clock = services.clock
        customers = services.customers
        agents = services.agents
        let log = SessionLog(
            store: services.sessions, clock: services.clock,
            limits: .init(perSession: settings.waitersPerSession, inAll: settings.waitersInAll))
        self.log = log
        let strategies = Strategies(nlp: services.nlp, settings: settings, logger: services.logger)
        let runner = TurnRunner(
            log: log, customers: services.customers, tags: services.tags, agents: services.agents,
            matcher: strategies.matcher, caller: strategies.caller, composer: strategies.composer, settings: settings,
            clock: services.clock, logger: services.logger)
        scheduler = TurnScheduler { request, gate in await runner.run(request, gate: gate) }
    }

    /// Number of sessions in which a turn runs.
    public var runningTurns: Int { scheduler.runningCount }
    /// Number of readers that wait for events.
    public var waitingReaders: Int { log.waiters.count }

    /// Takes no new customer messages, starts no new turns, and returns when the running ones have ended: by
    /// themselves, or cancelled after ``EngineSettings/drainGrace``. Reading and waiting go on, so that clients see how
    /// the turns end. Call ``close()`` afterwards.
    public func drain() async { await scheduler.drain(grace: settings.drainGrace, clock: clock) }

    /// Ends all waits and refuses new ones.
    public func close() { log.waiters.close() }

    /// ``drain()``, then ``close()``. Call it once, when the server stops.
    public func shutDown() async {
        await drain()
        close()
    }
}

// MARK: - Sessions

extension EventEngine {
    /// Creates a session; with `allowGreeting` the agent starts a turn at once, before anybody has said anything.
    ///
    /// - Throws: what the store throws; then nothing was created.
    public func createSession(
        _ draft: SessionDraft, allowGreeting: Bool, traceID: TraceID
    ) async throws -> Session {
        let session = try await log.store.create(draft)
        if allowGreeting { scheduler.request(TurnRequest(session: session.id, traceID: traceID)) }
        return session
    }

    /// - Throws: ``StoreError`` `notFound`.
    public func session(_ id: SessionID) async throws -> Session { try await log.store.read(id) }

    /// A page of sessions by time of creation, then id.
    public func sessions(_ query: SessionQuery) async throws -> Page<Session> { try await log.store.list(query) }

    /// Changes what `change` names and returns the session as it is now. A running turn keeps what it began with.
    ///
    /// - Throws: ``StoreError`` `notFound`.
    public func updateSession(_ id: SessionID, _ change: SessionChange) async throws -> Session {
        try await log.store.update(id, change)
    }

    /// Removes the session with its events, cancels its turn, and ends the waits on it with `notFound`.
    ///
    /// - Throws: ``StoreError`` `notFound`.
    public func deleteSession(_ id: SessionID) async throws {
        try await log.store.delete(id)
        scheduler.cancel(id)
        log.waiters.deleted(id)
    }
}

// MARK: - Events

extension EventEngine {
    /// Appends a customer's message and has the agent answer, unless the session is in manual mode. Returns when the
    /// message is stored; the answer comes as events with the same trace.
    ///
    /// - Parameter participant: Who speaks; nil: the session's customer, whose id serves as the name when no store
    ///   knows them.
    /// - Throws: ``StoreError`` `notFound`, ``EngineError`` `shuttingDown`; then nothing was stored.
    public func postCustomerMessage(
        _ text: String, participant: Participant?, metadata: JSONObject = [:], to id: SessionID, traceID: TraceID
    ) async throws -> Event {
        guard !scheduler.isDraining else { throw EngineError.stopping }
        let session = try await log.store.read(id)
        let speaker: Participant
        if let participant { speaker = participant } else { speaker = try await self.participant(session.customerID) }
        let draft = EventDraft(
            source: .customer, kind: .message, traceID: traceID,
            data: EventData.customerMessage(text, from: speaker), metadata: metadata)
        let event = try await log.append(draft, to: id)
        // The turn looks at the mode again; this only saves a task for what people answer.
        if session.mode == .auto {
            scheduler.request(TurnRequest(session: id, traceID: traceID, causeOffset: event.offset))
        }
        return event
    }

    private func participant(_ customer: CustomerID) async throws -> Participant {
        do {
            return Participant(id: customer.rawValue, displayName: try await customers.read(customer).name)
        } catch let error as StoreError where error.code == .notFound {
            return Participant(id: customer.rawValue, displayName: customer.rawValue)
        }
    }

    /// Appends an event that starts no turn: of a human agent, a custom one, a status.
    ///
    /// - Throws: ``StoreError`` `notFound`; then nothing was stored.
    public func post(_ draft: EventDraft, to id: SessionID) async throws -> Event {
        try await log.append(draft, to: id)
    }

    /// Starts a turn of the agent without a message, and returns its first status event.
    ///
    /// - Throws: ``StoreError`` `notFound`; ``EngineError`` `manualSession`, `unknownAgent`, `superseded` when a
    ///   customer's message came first, `shuttingDown`, `tooManyWaiters`.
    public func requestTurn(in id: SessionID, traceID: TraceID) async throws -> Event {
        let session = try await log.store.read(id)
        guard session.mode == .auto else { throw EngineError.manual }
        guard agents.snapshot(of: session.agentID) != nil else { throw EngineError.unknownAgent(session.agentID) }
        let query = EventQuery(kinds: [.status], source: .aiAgent, traceID: traceID)
        let ticket = try log.waiters.register(id, query)
        let refusal = Refusal()
        scheduler.request(
            TurnRequest(session: id, traceID: traceID) { [waiters = log.waiters] error in
                refusal.set(error)
                waiters.signal([ticket], .cancelled)
            })
        let outcome = await log.waiters.wait(for: ticket)
        if let error = refusal.reason { throw error }
        switch outcome {
        case .sessionDeleted: throw StoreError.notFound("session", id)
        case .shuttingDown: throw EngineError.stopping
        case .cancelled, .timedOut: throw CancellationError()
        case .appended: break
        }
        guard let first = try await log.store.events(of: id, matching: query).first else {
            throw StoreError.notFound("session", id)
        }
        return first
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
    /// - Throws: ``StoreError`` `notFound` when there is no such session or it is deleted meanwhile; ``EngineError``
    ///   `tooManyWaiters`, `shuttingDown`; `CancellationError`.
    public func waitForEvents(
        of id: SessionID, matching query: EventQuery, timeout: Duration
    ) async throws -> [Event] {
        try await log.wait(for: query, of: id, timeout: timeout, clock: clock)
    }
}
