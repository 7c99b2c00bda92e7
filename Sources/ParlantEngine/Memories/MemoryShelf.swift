import Logging
import ParlantCore

/// What is remembered of customers, by customer and agent: whoever asks names both, and gets nothing else.
struct MemoryShelf: Sendable {
    let store: any EntityStore<Memory>
    let customers: any CustomerStore
    let policy: MemoryPolicy
    let accesses: MemoryAccesses
    private let vectors = MemoryVectors()
    private let clock: any TimeSource
    private let logger: Logger

    init(
        _ store: any EntityStore<Memory>, customers: any CustomerStore, policy: MemoryPolicy, clock: any TimeSource,
        logger: Logger
    ) {
        self.store = store
        self.customers = customers
        self.policy = policy
        self.clock = clock
        self.logger = logger
        accesses = MemoryAccesses(store: store, clock: clock, logger: logger)
    }

    /// What an agent remembers of a customer, in the order in which it was remembered; nothing of the guest.
    ///
    /// - Complexity: O(memories of the customer).
    func memories(of customer: CustomerID, with agent: AgentID) async throws -> [Stored<Memory>] {
        guard customer != Customer.guestID else { return [] }
        return try await store.list(anyOf: [Memory.holder(customer, agent)])
            .filter { $0.entity.customer == customer && $0.entity.agent == agent }
    }

    /// All that an agent remembers of a customer, ranked for what was said: by words, and by meaning where there is a
    /// model for vectors. When that fails, words decide, and the log says so.
    ///
    /// - Throws: what the store throws; `CancellationError`.
    func ranked(
        for texts: [String], of customer: CustomerID, with agent: AgentID, _ models: TurnModels
    ) async throws -> [RankedMemory] {
        let memories = try await memories(of: customer, with: agent)
        guard !memories.isEmpty else { return [] }
        var cosines: [Double?]?
        if models.canEmbed, !texts.isEmpty {
            do {
                cosines = try await vectors.cosines(
                    of: memories.map(\.entity.content),
                    with: texts.map { String($0.prefix(EmbeddingConditionScorer.readLimit)) },
                    of: .init(customer: customer, agent: agent), models)
            } catch let error as CancellationError {
                throw error
            } catch is BudgetExhausted {
                // The record of the turn says so.
            } catch {
                logger.warning(
                    "memories are chosen by words: the embedder failed",
                    metadata: ["agent": "\(agent)", "error": "\(error)"])
            }
        }
        return MemoryRanking.ranked(memories, for: texts, cosines: cosines, now: clock.now)
    }

    /// Remembers something; the same words again stay one memory, with what else is new about it. Makes room where there
    /// is too much.
    ///
    /// - Parameter draft: In the form of ``MemoryText``.
    /// - Throws: ``StoreError`` `notFound` for a customer who is not there, or is deleted meanwhile; then nothing is kept.
    /// - Complexity: O(memories of the customer).
    func remember(
        _ draft: MemoryDraft, of customer: CustomerID, with agent: AgentID, in session: SessionID?
    ) async throws -> Memory {
        let memory = try await keep(draft, of: customer, with: agent, in: session)
        // Whoever deletes a customer removes their memories after that, and may have before this one was there.
        guard try await customers.find(customer) != nil else {
            try await forget(memory.id, of: customer, with: agent)
            throw StoreError.notFound("customer", customer)
        }
        return memory
    }

    private func keep(
        _ draft: MemoryDraft, of customer: CustomerID, with agent: AgentID, in session: SessionID?
    ) async throws -> Memory {
        // It may stand under an id that was made for other words.
        if let known = try await same(draft.content, of: customer, with: agent),
            try await update(known, to: draft, in: session), let kept = try await store.find(known)?.entity
        {
            return kept
        }
        var salt = 0
        while true {
            let id = MemoryText.id(draft.content, of: customer, with: agent, salt: salt)
            let memory = Memory(
                id: id, customer: customer, agent: agent, kind: draft.kind, content: draft.content,
                entities: draft.entities, moment: draft.moment ?? clock.now, importance: draft.importance,
                sentiment: draft.sentiment, session: session)
            do {
                let made = try await store.create(memory).entity
                try await makeRoom(for: customer, with: agent, beside: id)
                return made
            } catch let error as StoreError where error.code == .alreadyExists {
                // What another id was made for may have been replaced by other words since.
                guard let kept = try await store.find(id)?.entity else { continue }
                if Self.isSame(kept, memory), try await update(id, to: draft, in: session) { return memory }
                salt += 1
            }
        }
    }

    /// The memory that says the same in the same words.
    private func same(
        _ content: String, of customer: CustomerID, with agent: AgentID, beside other: MemoryID? = nil
    ) async throws -> MemoryID? {
        let key = MemoryText.key(content)
        return try await memories(of: customer, with: agent)
            .first { $0.entity.id != other && MemoryText.key($0.entity.content) == key }?.entity.id
    }

    private static func isSame(_ left: Memory, _ right: Memory) -> Bool {
        left.customer == right.customer && left.agent == right.agent
            && MemoryText.key(left.content) == MemoryText.key(right.content)
    }

    /// Puts something newer in the place of a memory. Where another one says the same as the newer, that one stays alone.
    ///
    /// - Returns: Whether there was one, of this customer and this agent.
    /// - Complexity: O(memories of the customer).
    @discardableResult
    func replace(
        _ id: MemoryID, with draft: MemoryDraft, of customer: CustomerID, with agent: AgentID, in session: SessionID?
    ) async throws -> Bool {
        guard try await owns(id, customer, agent) else { return false }
        if let known = try await same(draft.content, of: customer, with: agent, beside: id),
            try await update(known, to: draft, in: session)
        {
            return try await forget(id, of: customer, with: agent)
        }
        return try await update(id, to: draft, in: session)
    }

    /// - Returns: Whether it was there.
    private func update(_ id: MemoryID, to draft: MemoryDraft, in session: SessionID?) async throws -> Bool {
        let moment = draft.moment ?? clock.now
        do {
            try await store.update(id) { memory in
                (memory.kind, memory.content, memory.entities) = (draft.kind, draft.content, draft.entities)
                (memory.importance, memory.sentiment) = (draft.importance, draft.sentiment)
                (memory.moment, memory.session) = (moment, session ?? memory.session)
            }
            return true
        } catch let error as StoreError where error.code == .notFound {
            return false
        }
    }

    /// Forgets a memory.
    ///
    /// - Returns: Whether there was one, of this customer and this agent.
    @discardableResult
    func forget(_ id: MemoryID, of customer: CustomerID, with agent: AgentID) async throws -> Bool {
        guard try await owns(id, customer, agent) else { return false }
        do {
            try await store.delete(id)
            return true
        } catch let error as StoreError where error.code == .notFound {
            return false
        }
    }

    /// Forgets all of a customer. None is fine.
    func forget(_ customer: CustomerID) async throws {
        vectors.forget(customer)
        await accesses.flush()
        try await store.deleteAll(with: KnowledgeOwner.customer(customer).tag)
    }

    /// Drops what memory has of all that an agent remembers; the store keeps it.
    func drop(_ agent: AgentID) { vectors.forget(agent) }

    private func owns(_ id: MemoryID, _ customer: CustomerID, _ agent: AgentID) async throws -> Bool {
        guard let memory = try await store.find(id)?.entity else { return false }
        return memory.customer == customer && memory.agent == agent
    }

    private func makeRoom(for customer: CustomerID, with agent: AgentID, beside new: MemoryID) async throws {
        let others = try await memories(of: customer, with: agent).filter { $0.entity.id != new }
        for memory in MemoryRanking.surplus(others, most: policy.mostPerCustomer - 1, now: clock.now) {
            try await forget(memory.entity.id, of: customer, with: agent)
        }
    }
}
