import ParlantCore
import ParlantStores
import Synchronization

/// A store whose process dies at the n-th moment: a write, or what a tool marks with ``live(_:)``. From then on nothing
/// that is asked of it has any effect. The store below keeps what was written until then.
final class MortalSessionStore: SessionStore {
    /// Whether the n-th write is lost, or done and never acknowledged.
    enum Death: CaseIterable { case before, after }
    /// Where the noting of a turn's calls may stand still: before the lease is looked at, or then before the write.
    enum Stall: CaseIterable { case beforeLook, beforeWrite }

    private let base: any SessionStore
    private let last: Int
    private let death: Death
    private let leases: SharedLeases?
    private let stall: (@Sendable (Stall) async -> Void)?
    private let moments = Mutex(0)

    /// - Parameters:
    ///   - last: The moment at which the process dies, from 1.
    ///   - leases: What is written under a lease that is not held any more is refused.
    ///   - stall: Returns when the noting of calls goes on.
    init(
        _ base: any SessionStore, last: Int = .max, _ death: Death = .before, leases: SharedLeases? = nil,
        stall: (@Sendable (Stall) async -> Void)? = nil
    ) {
        self.leases = leases
        self.stall = stall
        self.base = base
        self.last = last
        self.death = death
    }

    /// How many moments there were.
    var count: Int { moments.withLock { $0 } }

    var isDead: Bool { count >= last }

    /// One moment of the process.
    @discardableResult
    func live<Value>(_ body: () async throws -> Value) async throws -> Value {
        let moment = moments.withLock { moments in
            moments += 1
            return moments
        }
        guard moment < last || moment == last && death == .after else { throw Self.gone }
        let value = try await body()
        if moment == last { throw Self.gone }
        return value
    }

    private func look<Value>(_ body: () async throws -> Value) async throws -> Value {
        if isDead { throw Self.gone }
        return try await body()
    }

    private func require(_ lease: TurnLease?) throws {
        if let leases, let lease, !leases.isHeld(lease) { throw StoreError.leaseLost(lease.session) }
    }

    private static let gone = StoreError(.damaged, entity: "process", id: "", message: "the process is dead")

    func create(_ draft: SessionDraft) async throws -> Session { try await base.create(draft) }
    func read(_ id: SessionID) async throws -> Session { try await look { try await base.read(id) } }
    func list(_ query: SessionQuery) async throws -> Page<Session> { try await look { try await base.list(query) } }
    func update(_ id: SessionID, _ change: SessionChange) async throws -> Session {
        try await live { try await base.update(id, change) }
    }
    func delete(_ id: SessionID) async throws { try await live { try await base.delete(id) } }
    func append(_ draft: EventDraft, to id: SessionID, _ mark: TurnMark?) async throws -> Event {
        try await live {
            try require(draft.lease)
            return try await base.append(draft, to: id, mark)
        }
    }
    func events(of id: SessionID, matching query: EventQuery) async throws -> [Event] {
        try await look { try await base.events(of: id, matching: query) }
    }
    func event(_ event: EventID, of id: SessionID) async throws -> Event {
        try await look { try await base.event(event, of: id) }
    }
    func update(_ event: EventID, of id: SessionID, _ change: EventChange) async throws -> Event {
        try await live { try await base.update(event, of: id, change) }
    }
    func deleteEvents(of id: SessionID, from minOffset: Int) async throws {
        try await live { try await base.deleteEvents(of: id, from: minOffset) }
    }
    func open(_ turn: OpenTurn) async throws { try await live { try await base.open(turn) } }
    func update(_ turn: OpenTurn, under lease: TurnLease?) async throws {
        try await live {
            await stall?(.beforeLook)
            try require(lease)
            await stall?(.beforeWrite)
            try await base.update(turn, under: lease)
            try require(lease)
        }
    }
    func close(_ traceID: TraceID, of id: SessionID) async throws {
        try await live { try await base.close(traceID, of: id) }
    }
    func openTurns(of id: SessionID?) async throws -> [OpenTurn] {
        try await look { try await base.openTurns(of: id) }
    }
}
