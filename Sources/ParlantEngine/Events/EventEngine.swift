public import Logging
public import ParlantCore

/// Owns the sessions' logs: every read, write and wait of sessions and events goes through it, and customer messages
/// start turns.
///
/// Posting never waits for an answer. Sessions do not wait for each other. A reader is woken by the append, after it is
/// durable; nothing polls.
public final class EventEngine: Sendable {
    let log: SessionLog
    let customers: any CustomerStore
    let agents: any AgentCatalog
    let scheduler: TurnScheduler
    let runner: TurnRunner
    /// Nil where no other node shares the sessions.
    let leased: LeasedTurns?
    let keyValues: any KeyValueStore
    let documents: DocumentSearch?
    /// Nil where nothing is remembered, or no model could say what.
    let memories: MemoryKeeper?
    let explanations: (any ExplanationStore)?
    let clock: any TimeSource
    let settings: EngineSettings

    /// What the engine works with. All of it is shared with the rest of the server.
    public struct Services: Sendable {
        public var sessions: any SessionStore
        public var customers: any CustomerStore
        public var tags: any TagStore
        public var agents: any AgentCatalog
        /// Values of variables, which turns read and scripts set.
        public var variables: CustomerVariables
        /// Small values of scripts. Those of a session go with it.
        public var keyValues: any KeyValueStore
        /// What is remembered of customers; nil: nothing is.
        public var memories: (any EntityStore<Memory>)?
        public var nlp: any NLPService
        /// Documents of customers and agents, of which turns see those that are theirs; nil: none.
        public var documents: (any EntityStore<Document>)?
        /// Where explanations of turns are kept; nil: nowhere.
        public var explanations: (any ExplanationStore)?
        /// What other servers do with the same sessions; nil where there can be none.
        public var node: SharedNode?
        public var clock: any TimeSource
        public var logger: Logger

        public init(
            sessions: any SessionStore, customers: any CustomerStore, tags: any TagStore,
            agents: any AgentCatalog, variables: CustomerVariables, keyValues: any KeyValueStore,
            memories: (any EntityStore<Memory>)? = nil, nlp: any NLPService,
            documents: (any EntityStore<Document>)? = nil,
            explanations: (any ExplanationStore)? = nil, node: SharedNode? = nil,
            clock: any TimeSource, logger: Logger
        ) {
            self.sessions = sessions
            self.customers = customers
            self.tags = tags
            self.agents = agents
            self.variables = variables
            self.keyValues = keyValues
            self.memories = memories
            self.nlp = nlp
            self.documents = documents
            self.explanations = explanations
            self.node = node
            self.clock = clock
            self.logger = logger
        }
    }

    /// An engine without running turns.
    ///
    /// - Parameters:
    ///   - director: Decides instead of the provider, for tests of agents.
    ///   - observer: Told how each turn ended.
    public init(
        _ services: Services, settings: EngineSettings = .init(), director: (any TurnDirector)? = nil,
        observer: (any TurnObserver)? = nil
    ) {
        self.settings = settings
        clock = services.clock
        customers = services.customers
        agents = services.agents
        keyValues = services.keyValues
        explanations = services.explanations
        let log = SessionLog(
            store: services.sessions, clock: services.clock,
            limits: .init(perSession: settings.waitersPerSession, inAll: settings.waitersInAll))
        self.log = log
        let strategies = Strategies(
            nlp: services.nlp, settings: settings, logger: services.logger, director: director)
        let shelf = services.memories.map {
            MemoryShelf(
                $0, customers: services.customers, policy: settings.memory, clock: services.clock,
                logger: services.logger)
        }
        let budgets = BudgetKeeper(
            settings.budgets, clock: services.clock,
            record: DayRecord(store: services.keyValues, logger: services.logger))
        let documents = services.documents.map { store in
            DocumentSearch(
                store, rules: settings.documents, clock: services.clock, logger: services.logger
            ) { [nlp = services.nlp, clock = services.clock] owner in
                let customer: CustomerID? = if case .customer(let id) = owner { id } else { nil }
                return TurnModels(nlp: nlp, clock: clock, budget: budgets.work(for: customer))
            }
        }
        self.documents = documents
        let runner = TurnRunner(
            log: log, customers: services.customers, tags: services.tags, agents: services.agents,
            variables: services.variables, keyValues: services.keyValues, memories: shelf, documents: documents,
            nlp: services.nlp, strategies: strategies, budgets: budgets, settings: settings, clock: services.clock,
            explanations: services.explanations, logger: services.logger,
            observer: observer)
        self.runner = runner
        let leased = services.node.map {
            LeasedTurns($0.leases, store: services.sessions, clock: services.clock, logger: services.logger)
        }
        self.leased = leased
        var memories: MemoryKeeper?
        if let shelf, strategies.canWrite {
            let reader = MemoryReader(
                shelf: shelf, sessions: services.sessions, customers: services.customers, agents: services.agents,
                keyValues: services.keyValues,
                nlp: services.nlp, budgets: budgets, isShared: services.node != nil, clock: services.clock)
            memories = MemoryKeeper(reader, logger: services.logger)
        }
        self.memories = memories
        scheduler = TurnScheduler(
            run: { [memories] request, gate in
                await runner.run(request, gate: gate, under: leased)
                memories?.answered(request.session)
            },
            refuse: { request, error in await runner.refuse(request, error) })
    }

    /// Number of sessions in which a turn runs.
    public var runningTurns: Int { scheduler.runningCount }
    /// Number of readers that wait for events.
    public var waitingReaders: Int { log.waiters.count }

    /// Takes no new customer messages, starts no new turns, and returns when the running ones have ended: by
    /// themselves, or cancelled after ``EngineSettings/drainGrace``. Reading and waiting go on, so that clients see how
    /// the turns end. Call ``close()`` afterwards.
    public func drain() async {
        memories?.beginStop()
        await scheduler.drain(grace: settings.drainGrace, clock: clock)
        documents?.close()
        await memories?.drain()
        await runner.budgets.flush()
    }

    /// Ends all waits and refuses new ones.
    public func close() { log.waiters.close() }

    /// ``drain()``, then ``close()``. Call it once, when the server stops.
    public func shutDown() async {
        await drain()
        close()
    }
}

// MARK: - Sessions

extension EventEngine: RunningSessions {
    /// Creates a session; with `allowGreeting` the agent starts a turn at once, before anybody has said anything.
    ///
    /// - Throws: what the store throws; then nothing was created, or a session that nobody knows of.
    public func createSession(
        _ draft: SessionDraft, allowGreeting: Bool, traceID: TraceID
    ) async throws -> Session {
        let session = try await log.store.create(draft)
        if allowGreeting {
            try await log.store.open(OpenTurn(session: session.id, traceID: traceID, openedAt: clock.now))
            scheduler.request(TurnRequest(session: session.id, traceID: traceID))
        }
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
        guard let memories, change.customerID != nil || change.agentID != nil else {
            return try await log.store.update(id, change)
        }
        let session = try await log.store.read(id)
        let customer = change.customerID ?? session.customerID
        let keepsAgent = session.agentID == change.agentID ?? session.agentID
        guard customer != session.customerID || !keepsAgent else { return try await log.store.update(id, change) }
        return try await memories.handOver(session, to: customer, keepsAgent: keepsAgent) {
            try await log.store.update(id, change)
        }
    }

    /// Removes what scripts keep for a customer, what is remembered of them, what memory has of their documents, and the
    /// account of what they spent. Call it when the customer is deleted. Nothing there is fine.
    public func forgetCustomer(_ id: CustomerID) async throws {
        runner.budgets.forget(id)
        documents?.forget(.customer(id))
        try await memories?.forget(id)
        try await runner.memories?.forget(id)
        try await keyValues.deleteAll(in: .customer(id))
    }

    /// Removes what memory has of an agent's documents and of what it remembers. Call it when the agent is deleted,
    /// after these are. Nothing there is fine.
    public func forgetAgent(_ id: AgentID) {
        documents?.forget(.agent(id))
        runner.memories?.drop(id)
    }

    /// Has the documents of a customer or an agent prepared for turns, in the background, after some were created or
    /// deleted: with an embedding model they are split, and vectors are made of them. Without it the next turn asks for
    /// that, and goes by words itself. Returns at once.
    public func documentsChanged(of owner: KnowledgeOwner) { documents?.prepare(owner) }
}
