import Logging
import ParlantCore

/// Reads one conversation for what is worth remembering, from where the last reading ended.
struct MemoryReader: Sendable {
    /// What a reading came to.
    struct Result: Sendable, Equatable {
        var outcome: MemorySchedule.Outcome
        var added = 0
        var replaced = 0
        var dropped = 0
        var ignored = 0
    }

    let shelf: MemoryShelf
    let sessions: any SessionStore
    let customers: any CustomerStore
    let agents: any AgentCatalog
    let keyValues: any KeyValueStore
    let nlp: any NLPService
    let budgets: BudgetKeeper
    /// Whether other servers may read the same conversation.
    let isShared: Bool
    let clock: any TimeSource

    private var policy: MemoryPolicy { shelf.policy }

    /// The entry that says that some server reads the session, and how long it says so after that server died.
    private static let claim = "\(MemoryMark.key)/reading"
    private static let claimLifetime = Duration.seconds(180)
    /// Messages that are read at most of a conversation that has not been read for long; older ones are never read.
    private static let mostUnread = 4 * MemoryPolicy.mostMessages

    /// Reads what is new.
    ///
    /// - Parameters:
    ///   - begin: Offset of the first event that may be read: what was said before nobody wanted to remember.
    ///   - onCustomer: Told whose conversation it is, before anything of it is read.
    /// - Throws: what the stores and the model throw; ``BudgetExhausted``; `CancellationError`. Then it is not marked as
    ///   read, and reading it again makes nothing twice.
    func read(
        _ id: SessionID, from begin: Int = 0, onCustomer: @Sendable (CustomerID) -> Void
    ) async throws -> Result {
        let session = try await sessions.read(id)
        onCustomer(session.customerID)
        guard try await customers.find(session.customerID) != nil else { return Result(outcome: .read) }
        guard let agent = agents.snapshot(of: session.agentID)?.agent else { return Result(outcome: .refused) }
        guard MemoryUse(of: agent, in: session).remember else { return Result(outcome: .read) }
        guard isShared else { return try await read(session, agent, begin) }
        guard try await keyValues.add(Self.claim, true, in: .session(id), lifetime: Self.claimLifetime) else {
            return Result(outcome: .early(policy.pause))
        }
        do {
            // What another server has heard begins earlier perhaps.
            let kept = try await UnreadSessions.begin(of: id, in: keyValues) ?? begin
            let result = try await read(session, agent, min(kept, begin))
            try await keyValues.delete(Self.claim, in: .session(id))
            return result
        } catch {
            // Its lifetime ends it, too.
            _ = try? await Task { try await keyValues.delete(Self.claim, in: .session(id)) }.value
            throw error
        }
    }

    private func read(_ session: Session, _ agent: Agent, _ begin: Int) async throws -> Result {
        let (id, customer) = (session.id, session.customerID)
        guard try await sessions.openTurns(of: id).isEmpty else { return Result(outcome: .early(policy.pause)) }
        let kept = try await mark(of: session) ?? MemoryMark(customer: customer, next: begin)
        let events = try await sessions.events(
            of: id,
            matching: EventQuery(minOffset: max(0, kept.next - 8 * MemoryPolicy.background), kinds: [.message]))
        let mark = kept.beginning(at: begin, events)
        let transcript = MemoryTranscript(
            events.suffix(Self.mostUnread), from: mark.next, since: mark.since, of: customer,
            adoptingGuest: policy.adoptsGuestSessions)
        if let last = transcript.lastAt, case let quiet = clock.now.seconds - last.seconds, quiet < policy.pause.seconds
        {
            return Result(outcome: .early(.seconds(policy.pause.seconds - max(0, quiet))))
        }
        guard !transcript.isIncomplete else { return Result(outcome: .early(policy.pause)) }
        var result = Result(outcome: transcript.hasMore ? .more : .read)
        if transcript.isWorthReading {
            let models = TurnModels(nlp: nlp, clock: clock, budget: budgets.turn(in: id))
            models.budget?.bill(customer)
            let known = try await known(to: transcript, of: customer, with: agent.id)
            let formation = MemoryFormation(agent: agent, transcript: transcript, known: known, now: clock.now)
            let answer = try await models.generate(formation.request, for: .memory)
            // The model took its time: the session may be gone, or somebody else's, or not to be remembered any more, and
            // the customer or the agent may be deleted.
            let present = try await sessions.read(id)
            guard present.customerID == customer, present.agentID == agent.id,
                let current = agents.snapshot(of: agent.id)?.agent, MemoryUse(of: current, in: present).remember,
                try await customers.find(customer) != nil
            else { return Result(outcome: .read) }
            let (changes, ignored) = formation.read(answer.content)
            result.ignored = ignored
            do {
                for change in changes { try await apply(change, of: customer, with: agent.id, in: id, &result) }
            } catch let error as StoreError where error.isCustomerGone {
                return Result(outcome: .read)
            }
        }
        let next = mark.reading(to: transcript.next)
        if next != kept { try await set(next, of: id) }
        return result
    }

    /// A session that can be read: nil when it is gone, or damaged.
    func session(_ id: SessionID) async throws -> Session? {
        do {
            return try await sessions.read(id)
        } catch let error as StoreError where error.isSessionGone || error.code == .damaged {
            return nil
        }
    }

    /// Offset of the first message of a customer that is to be remembered, and is not read; nil when all is.
    func firstUnread(_ id: SessionID) async throws -> Int? {
        guard let session = try await session(id), let agent = agents.snapshot(of: session.agentID)?.agent,
            MemoryUse(of: agent, in: session).remember, try await customers.find(session.customerID) != nil,
            let mark = try await mark(of: session)
        else { return nil }
        return try await sessions.events(of: id, matching: EventQuery(minOffset: mark.next, kinds: [.message]))
            .first { $0.source.role == .customer }?.offset
    }

    /// How far the session is read for whoever has it now; nil when nothing of it was.
    private func mark(of session: Session) async throws -> MemoryMark? {
        try await mark(of: session.id)?.handed(to: session.customerID, adoptingGuest: policy.adoptsGuestSessions)
    }

    /// How far a session is read; nil when nothing of it was.
    func mark(of id: SessionID) async throws -> MemoryMark? {
        try await keyValues.read(MemoryMark.key, in: .session(id)).flatMap { MemoryMark($0) }
    }

    /// Marks all of a session as read, on behalf of whoever has it from now on.
    func skip(_ id: SessionID, for customer: CustomerID) async throws {
        let last = try await sessions.events(of: id, matching: EventQuery(limit: 1, takesLast: true)).last?.offset ?? -1
        try await set(MemoryMark(customer: customer, next: last + 1), of: id)
    }

    /// Says how far a session is read; nil: nothing of it.
    func set(_ mark: MemoryMark?, of id: SessionID) async throws {
        if let mark {
            try await keyValues.set(MemoryMark.key, to: mark.json, in: .session(id), lifetime: nil)
        } else {
            try await keyValues.delete(MemoryMark.key, in: .session(id))
        }
    }

    /// What is remembered already; of much, what has to do with what was said.
    private func known(
        to transcript: MemoryTranscript, of customer: CustomerID, with agent: AgentID
    ) async throws -> [Stored<Memory>] {
        let all = try await shelf.memories(of: customer, with: agent)
        guard all.count > MemoryPolicy.mostKnown else { return all }
        let ranked = MemoryRanking.ranked(all, for: [transcript.text.joined(separator: " ")], now: clock.now)
        let best = ranked.enumerated().sorted {
            ($0.element.score, $1.offset) > ($1.element.score, $0.offset)
        }
        return best.prefix(MemoryPolicy.mostKnown).map(\.offset).sorted().map { all[$0] }
    }

    private func apply(
        _ change: MemoryChange, of customer: CustomerID, with agent: AgentID, in session: SessionID,
        _ result: inout Result
    ) async throws {
        try Task.checkCancellation()
        switch change {
        case .add(let draft):
            _ = try await shelf.remember(draft, of: customer, with: agent, in: session)
            result.added += 1
        case .replace(let id, let draft):
            if try await shelf.replace(id, with: draft, of: customer, with: agent, in: session) { result.replaced += 1 }
        case .drop(let id):
            if try await shelf.forget(id, of: customer, with: agent) { result.dropped += 1 }
        }
    }
}

extension Duration {
    /// Seconds with the fraction.
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1_000_000_000_000_000_000
    }
}
