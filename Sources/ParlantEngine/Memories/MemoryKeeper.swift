import Logging
import ParlantCore
import Synchronization

/// Has conversations read for what is worth remembering, after nobody has said anything for a while. The shell of
/// ``MemorySchedule``.
///
/// Nothing of it delays a turn. What is not read when the server stops, or dies, is read after the next start, within what
/// ``UnreadSessions`` promises.
final class MemoryKeeper: Sendable {
    private struct Reading {
        var task: Task<Void, Never>
        /// Whose conversation it is, as soon as that is known.
        var customer: CustomerID?
    }

    private struct Unread {
        /// Offset of the first event that is to be read.
        var begin: Int
        /// Whose conversation it is; nil when another process has noted it.
        var customer: CustomerID?
    }

    private struct State {
        var schedule: MemorySchedule
        var alarm: (due: Duration, task: Task<Void, Never>)?
        var readings: [SessionID: Reading] = [:]
        /// Sessions that are not read to their end.
        var unread: [SessionID: Unread] = [:]
        var isStopping = false
    }

    private let reader: MemoryReader
    private let unread: UnreadSessions
    private let logger: Logger
    private let state: Mutex<State>

    private var clock: any TimeSource { reader.clock }

    /// Nothing is read yet.
    init(_ reader: MemoryReader, logger: Logger) {
        self.reader = reader
        self.logger = logger
        unread = UnreadSessions(store: reader.keyValues, isShared: reader.isShared, logger: logger) {
            try await reader.firstUnread($0)
        }
        let schedule = MemorySchedule(pause: reader.shelf.policy.pause, mostAtOnce: MemoryPolicy.mostAtOnce)
        state = Mutex(State(schedule: schedule))
    }

    /// Conversations that wait or are read.
    var count: Int { state.withLock { $0.schedule.count } }
    /// Whether any is read now.
    var isReading: Bool { state.withLock { !$0.readings.isEmpty } }

    /// A customer has said something, in the event at this offset. Never waits.
    func heard(_ session: Session, at offset: Int) {
        let agent = reader.agents.snapshot(of: session.agentID)?.agent
        guard let agent, MemoryUse(of: agent, in: session).remember else {
            // Nobody wants it any more, and what is said from now on is not read later either.
            if agent != nil, state.withLock({ $0.unread[session.id] != nil }) { forget(session.id) }
            return
        }
        state.withLock { state in
            wait(for: session.id, Unread(begin: offset, customer: session.customerID), &state)
        }
    }

    /// A turn is taken up whose server may have died before it noted that there is something to read.
    ///
    /// - Throws: what the store throws; nothing for a session that is gone or damaged.
    func heard(_ turn: OpenTurn) async throws {
        guard let offset = turn.causeOffset, let session = try await reader.session(turn.session) else { return }
        heard(session, at: offset)
    }

    /// A turn of the session has ended. Never waits.
    func answered(_ session: SessionID) {
        state.withLock { $0.schedule.answered(session, at: clock.uptime) }
    }

    /// Takes up what the process before had not read.
    ///
    /// - Throws: what the store throws.
    func recover() async throws {
        let sessions = try await unread.all()
        state.withLock { state in
            for (session, begin) in sessions {
                state.unread[session] = Unread(begin: begin)
                state.schedule.heard(session, at: clock.uptime)
            }
            rearm(&state)
        }
    }

    /// Gives a session to another customer or agent: nothing of what was said so far is read for the other, unless it was said
    /// as the guest, to the same agent, and the policy wants it.
    ///
    /// - Parameters:
    ///   - customer: Who has the session from then on.
    ///   - keepsAgent: Whether it stays with the same agent.
    ///   - update: Makes the session the other's.
    /// - Throws: what the stores and `update` throw; then what was to be read still is.
    func handOver(
        _ session: Session, to customer: CustomerID, keepsAgent: Bool, _ update: () async throws -> Session
    ) async throws -> Session {
        let id = session.id
        let adopts =
            keepsAgent && session.customerID == Customer.guestID && reader.shelf.policy.adoptsGuestSessions
        await stop(id)
        let pending = state.withLock { $0.unread.removeValue(forKey: id) }
        do {
            if adopts {
                let changed = try await update()
                // What counts although it was said before is read without waiting for another word.
                heard(changed, at: 0)
                return changed
            }
            let mark = try await reader.mark(of: id)
            // Before the session is the other's, so that nobody ever reads for them what was not said by or to them.
            try await reader.skip(id, for: customer)
            do {
                let changed = try await update()
                state.withLock { if $0.unread[id] == nil { unread.forget(id) } }
                return changed
            } catch {
                try await Task { try await reader.set(mark, of: id) }.value
                throw error
            }
        } catch {
            if let pending { state.withLock { wait(for: id, pending, &$0) } }
            throw error
        }
    }

    /// Ends a reading of the session, and returns when it has ended. What is not read stays unread, and is read once
    /// somebody says more.
    func stop(_ session: SessionID) async {
        let task = state.withLock { state in
            state.schedule.forget(session)
            state.readings[session]?.task.cancel()
            return state.readings[session]?.task
        }
        await task?.value
    }

    /// Forgets a session that is deleted. Never waits.
    func forget(_ session: SessionID) {
        state.withLock { state in
            state.schedule.forget(session)
            state.unread[session] = nil
            state.readings[session]?.task.cancel()
            unread.forget(session)
        }
    }

    /// Forgets the conversations of a customer who is deleted, and returns when none of them is read any more. What they
    /// have said so far is never read.
    ///
    /// - Throws: what the store throws.
    func forget(_ customer: CustomerID) async throws {
        let (readings, unread) = state.withLock { state in
            (
                state.readings.filter { $0.value.customer == nil || $0.value.customer == customer },
                state.unread.filter { $0.value.customer == nil || $0.value.customer == customer }
            )
        }
        for reading in readings.values { reading.task.cancel() }
        for reading in readings.values { await reading.task.value }
        for (session, entry) in unread {
            if entry.customer == nil, try await reader.session(session)?.customerID != customer {
                // A reading that did not know yet whose conversation it has, and had to end.
                if readings[session] != nil { state.withLock { wait(for: session, entry, &$0) } }
                continue
            }
            forget(session)
        }
    }

    /// Begins no more readings. Never waits.
    func beginStop() {
        state.withLock { state in
            state.isStopping = true
            state.alarm?.task.cancel()
            state.alarm = nil
        }
    }

    /// Ends all readings, and returns when they have ended and all is noted.
    func drain() async {
        beginStop()
        let tasks = state.withLock { $0.readings.values.map(\.task) }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        await unread.flush()
        await reader.shelf.accesses.flush()
    }

    // MARK: Under the lock

    /// Has a session read from some event on, or from an earlier one that is known.
    private func wait(for session: SessionID, _ new: Unread, _ state: inout State) {
        let known = state.unread[session]
        let begin = min(known?.begin ?? new.begin, new.begin)
        state.unread[session] = Unread(begin: begin, customer: new.customer)
        // Under the lock, so that the newest wish is the last one.
        if known?.begin != begin { unread.keep(session, from: begin) }
        guard !state.isStopping else { return }
        state.schedule.heard(session, at: clock.uptime)
        rearm(&state)
    }

    private func rearm(_ state: inout State) {
        guard !state.isStopping, let next = state.schedule.next else { return }
        if let alarm = state.alarm, alarm.due <= next { return }
        state.alarm?.task.cancel()
        let task = Task { [self] in
            guard (try? await clock.sleep(for: next - clock.uptime)) != nil else { return }
            ring(next)
        }
        state.alarm = (next, task)
    }

    private func begin(_ sessions: [SessionID], _ state: inout State) {
        guard !state.isStopping else { return }
        for session in sessions {
            state.readings[session] = Reading(
                task: Task { [self] in ended(session, await read(session)) },
                customer: state.unread[session]?.customer)
        }
    }

    // MARK: Reading

    private func ring(_ due: Duration) {
        state.withLock { state in
            if state.alarm?.due == due { state.alarm = nil }
            begin(state.schedule.rang(at: clock.uptime), &state)
            rearm(&state)
        }
    }

    private func ended(_ session: SessionID, _ outcome: MemorySchedule.Outcome) {
        state.withLock { state in
            state.readings[session] = nil
            let (next, isSettled) = state.schedule.ended(session, outcome, at: clock.uptime)
            if isSettled {
                state.unread[session] = nil
                unread.settle(session)
            }
            begin(next, &state)
            rearm(&state)
        }
    }

    private func read(_ session: SessionID) async -> MemorySchedule.Outcome {
        var logger = logger
        logger[metadataKey: "session"] = "\(session)"
        do {
            let begin = state.withLock { $0.unread[session]?.begin ?? 0 }
            let result = try await reader.read(session, from: begin) { [self] customer in
                state.withLock { $0.readings[session]?.customer = customer }
            }
            if result.added + result.replaced + result.dropped + result.ignored > 0 {
                logger.info(
                    "a conversation was read for what to remember",
                    metadata: [
                        "added": "\(result.added)", "replaced": "\(result.replaced)", "dropped": "\(result.dropped)",
                        "ignored": "\(result.ignored)",
                    ])
            }
            return result.outcome
        } catch let error as StoreError where error.isSessionGone {
            return .read
        } catch is CancellationError {
            return .refused
        } catch let stop as BudgetExhausted {
            logger.notice("a conversation is not read for what to remember", metadata: ["reason": "\(stop)"])
            return .refused
        } catch {
            logger.warning(
                "a conversation could not be read for what to remember", metadata: ["error": "\(error)"])
            return .failed
        }
    }
}
