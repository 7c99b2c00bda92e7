import Logging
import ParlantCore
import Synchronization

/// Runs turns under leases, where several nodes share the sessions: a turn runs only while this node has its session's
/// lease, and only if it is still open then. So however many nodes want to run it, one does.
///
/// A turn whose lease another node has is left to that one. Whoever gives a lease back looks for turns that were left to
/// it meanwhile, unless somebody ends the session's turns.
final class LeasedTurns: Sendable {
    /// Told what becomes of a lease while a turn runs under it.
    struct Follower: Sendable {
        /// Another node has taken over.
        var onLoss: @Sendable () -> Void
        /// Another node wants the session's turns to end. May be told more than once.
        var onRecall: @Sendable () -> Void
    }

    private struct State {
        var held: [SessionID: TurnLease] = [:]
        /// Told what becomes of a lease.
        var followers: [TurnLease: Follower] = [:]
        /// Leases whose turns another node wants to end.
        var recalled: Set<TurnLease> = []
        /// Sessions whose turns this node ends, with how often that is under way.
        var ending: [SessionID: Int] = [:]
        var isRenewing = false
    }

    private let leases: any TurnLeases
    private let store: any SessionStore
    private let clock: any TimeSource
    private let logger: Logger
    private let state = Mutex(State())

    init(_ leases: any TurnLeases, store: any SessionStore, clock: any TimeSource, logger: Logger) {
        self.leases = leases
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    /// What has to be done after a turn's time has come.
    struct Outcome: Sendable {
        /// Open turns of the session that nobody else will see to. Those that run or wait here may be among them.
        var others: [OpenTurn] = []
        /// What kept the turn from running; nil when it ran, is over, or was left to another node.
        var error: (any Error)?
    }

    /// Runs `body` with the session's lease, if this node gets it and the turn is open then. Works in a cancelled task:
    /// `body` has to end the turn.
    ///
    /// - Parameter follower: Told what becomes of the lease meanwhile.
    func run(
        _ traceID: TraceID, of session: SessionID, _ follower: Follower, _ body: (TurnLease) async -> Void
    ) async -> Outcome {
        let lease: TurnLease
        do {
            guard let taken = try await Task(operation: { try await leases.take(session) }).value else {
                logger.debug("another server runs the turns of this session", metadata: ["session": "\(session)"])
                return Outcome()
            }
            lease = taken
        } catch {
            return Outcome(error: error)
        }
        hold(lease, follower)
        var outcome = Outcome()
        do {
            let open = try await Task { try await store.openTurns(of: session) }.value
            if open.contains(where: { $0.traceID == traceID }) { await body(lease) }
            outcome.others = open.filter { $0.traceID != traceID }
        } catch {
            outcome.error = error
        }
        let endsAll = forget(lease)
        // What was left to this node stays open: it goes with the session, or somebody finds it abandoned.
        if endsAll { outcome.others = [] }
        do {
            let isWanted = try await Task { try await leases.release(lease) }.value
            // Read after the lease is free: what comes later finds it so.
            if isWanted, !endsAll { outcome.others = try await Task { try await store.openTurns(of: session) }.value }
        } catch {
            logger.warning(
                "the lease of a session could not be given back; it ends by itself",
                metadata: ["session": "\(session)", "error": "\(error)"])
        }
        return outcome
    }

    /// Whether another node runs the session's turns now.
    func isElsewhere(_ session: SessionID) async throws -> Bool {
        if state.withLock({ $0.held[session] != nil }) { return false }
        return try await leases.held(among: [session])[session] != nil
    }

    /// Runs `body`, which ends the session's turns here: meanwhile none begins of those that were left to this node.
    func ending<Value>(_ session: SessionID, _ body: () async throws -> Value) async rethrows -> Value {
        state.withLock { $0.ending[session, default: 0] += 1 }
        defer {
            state.withLock { state in
                let count = (state.ending[session] ?? 1) - 1
                state.ending[session] = count == 0 ? nil : count
            }
        }
        return try await body()
    }

    /// Has another node that runs turns of the session end them, and returns when none does. A node that has died is
    /// waited for until its lease ends.
    ///
    /// - Throws: ``EngineError`` `turnRunsElsewhere` when one still runs after the time of a lease; what the store
    ///   throws; `CancellationError`.
    func endElsewhere(_ session: SessionID) async throws {
        let deadline = clock.uptime + duration + Self.slack
        while let left = try await leases.recall(session) {
            guard clock.uptime < deadline else { throw EngineError.turnRunsElsewhere(session, within: duration) }
            try await clock.sleep(for: min(left + Self.slack, duration / Self.looks))
        }
    }

    /// How often it is looked whether another node has ended its turn, in the time of a lease.
    private static let looks = 60

    /// How long a lease lasts.
    var duration: Duration { leases.duration }

    /// Open turns whose sessions no node has, and the time until another look is worth while.
    ///
    /// - Complexity: O(open turns), however many sessions and events there are.
    func abandoned() async throws -> (turns: [OpenTurn], next: Duration) {
        let open = try await store.openTurns(of: nil)
        let held = try await leases.held(among: Array(Set(open.map(\.session))))
        let soonest = held.values.min() ?? duration
        return (open.filter { held[$0.session] == nil }, min(duration / 3, soonest + Self.slack))
    }

    /// What a lease that nobody renews may be over its end when somebody looks.
    private static let slack = Duration.milliseconds(100)

    // MARK: Renewal

    private func hold(_ lease: TurnLease, _ follower: Follower) {
        let begins = state.withLock { state in
            state.held[lease.session] = lease
            state.followers[lease] = follower
            defer { state.isRenewing = true }
            return !state.isRenewing
        }
        if begins { Task { await renew() } }
    }

    /// - Returns: Whether somebody ends the session's turns, here or at another node.
    private func forget(_ lease: TurnLease) -> Bool {
        state.withLock { state in
            state.followers[lease] = nil
            if state.held[lease.session] == lease { state.held[lease.session] = nil }
            let isRecalled = state.recalled.remove(lease) != nil
            return isRecalled || state.ending[lease.session] != nil
        }
    }

    /// Renews what is held, every third of the leases' time, while anything is.
    private func renew() async {
        while true {
            guard (try? await clock.sleep(for: duration / 3)) != nil else { return }
            let held: [TurnLease]? = state.withLock { state in
                if state.held.isEmpty { state.isRenewing = false }
                return state.isRenewing ? Array(state.held.values) : nil
            }
            guard let held else { return }
            do {
                let renewal = try await leases.renew(held)
                for lease in renewal.lost { lose(lease) }
                for lease in renewal.recalled { recalled(lease) }
            } catch {
                // Nothing that a turn says can be stored now either. Whether the lease was lost shows when it can again.
                logger.warning("leases of turns could not be renewed", metadata: ["error": "\(error)"])
            }
        }
    }

    private func lose(_ lease: TurnLease) {
        guard let follower = state.withLock({ $0.followers.removeValue(forKey: lease) }) else { return }
        logger.warning(
            "another server has taken over a session whose turn ran here", metadata: ["session": "\(lease.session)"])
        follower.onLoss()
    }

    private func recalled(_ lease: TurnLease) {
        let (follower, isNew) = state.withLock { state in
            let follower = state.followers[lease]
            return (follower, follower != nil && state.recalled.insert(lease).inserted)
        }
        if isNew {
            logger.notice(
                "another server ends the turns of a session, which run here", metadata: ["session": "\(lease.session)"])
        }
        follower?.onRecall()
    }
}
