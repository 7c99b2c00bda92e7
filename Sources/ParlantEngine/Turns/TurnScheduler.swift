import ParlantCore
import Synchronization

/// Why a turn runs.
struct TurnRequest: Sendable {
    var session: SessionID
    var traceID: TraceID
    /// Offset of the event that caused it; nil: the agent speaks on its own account.
    var causeOffset: Int?
    /// What happens to this request while another turn runs.
    var doubleText = DoubleText.interrupt
    /// Whether its place was kept by ``TurnScheduler/reserve(_:)``.
    var isReserved = false
    /// Whether the turn was open already and nobody runs it: what is to become of it is decided when its time comes, and
    /// no newer request takes its place.
    var isResumed = false
    /// Whether whoever made it was told that it failed, unless an event of it is in the log.
    var isRefused = false
    /// Whether it counts from its beginning as one that answers, because it has called what cannot be undone.
    var isCommitted = false
    /// Told when the request will not run.
    var onRefused: (@Sendable (EngineError) -> Void)?
}

extension TurnRequest {
    /// The request for an open turn that somebody may have begun and nobody runs any more.
    init(recovering turn: OpenTurn) {
        self.init(
            session: turn.session, traceID: turn.traceID, causeOffset: turn.causeOffset, doubleText: .enqueue,
            isResumed: true, isCommitted: !turn.calls.isEmpty)
    }
}

/// What a running turn asks of its scheduler.
struct TurnGate: Sendable {
    fileprivate let scheduler: TurnScheduler
    fileprivate let session: SessionID
    fileprivate let number: Int

    /// Called before the first word of the answer, and before the first tool whose effect cannot be undone: from then on
    /// a new message does not cancel the turn.
    ///
    /// - Throws: `CancellationError` when a newer message came first; the turn must then say nothing.
    func beginWriting() throws {
        guard scheduler.beginWriting(session, number) else { throw CancellationError() }
    }

    /// Called before the first status that says that the agent is ready: whoever waits for it may ask for the next turn.
    func beginEnding() { scheduler.beginEnding(session, number) }

    /// Whether the server stops, or another one has taken the session over: what has not begun stays open.
    var isStopping: Bool { scheduler.isDraining || scheduler.isAbandoned(session) }

    /// Another node has taken the session over: cancels this turn and what waits behind it, and leaves all of it open.
    func abandon() { scheduler.abandon(session) }

    /// Somebody ends the session's turns: cancels this one and what waits behind it.
    func end() { scheduler.cancel(session) }

    /// Takes up an open turn that nobody runs any more, behind what waits; one that runs or waits already is left alone.
    func recover(_ turn: OpenTurn) { scheduler.request(TurnRequest(recovering: turn)) }

    /// Lets time pass in which the turn does nothing.
    ///
    /// - Returns: False when it was cut short: the turn is cancelled, or the server stops.
    func pause(for time: Duration, _ clock: any TimeSource) async -> Bool {
        guard scheduler.setPausing(true, session) else { return false }
        let isOver = (try? await clock.sleep(for: time)) != nil
        return scheduler.setPausing(false, session) && isOver
    }
}

/// Runs at most one turn per session, and any number of sessions side by side. The shell of ``TurnStateMachine``.
final class TurnScheduler: Sendable {
    private struct Entry {
        var machine = TurnStateMachine<TurnRequest>()
        var task: Task<Void, Never>?
        /// Whether the turn does nothing now, so that a stop need not wait for it.
        var isPausing = false
        /// Whether another node has taken the session over: what runs and waits here is left open.
        var isAbandoned = false
        /// Of the turn that runs and those that wait.
        var traces: Set<TraceID> = []
        /// Of the turn that runs.
        var running: TraceID?
    }

    private struct State {
        var entries: [SessionID: Entry] = [:]
        var isDraining = false
        /// Requests that are being refused.
        var refusals = 0
        var isIdle: Bool { entries.isEmpty && refusals == 0 }
        /// Woken when nothing runs or waits in a session any more.
        var ended: [SessionID: [CheckedContinuation<Void, Never>]] = [:]
        /// Woken when the last turn has ended and the last request is refused.
        var drained: [CheckedContinuation<Void, Never>] = []
    }

    private let run: @Sendable (TurnRequest, TurnGate) async -> Void
    private let refuse: @Sendable (TurnRequest, EngineError) async -> Void
    private let state = Mutex(State())

    /// A scheduler without turns.
    ///
    /// - Parameters:
    ///   - run: Performs one turn; it returns, never throws, when all the turn had to say is in the log, also after its
    ///     task was cancelled.
    ///   - refuse: Does what has to be done about a request that will not run, and tells who made it.
    init(
        run: @escaping @Sendable (TurnRequest, TurnGate) async -> Void,
        refuse: @escaping @Sendable (TurnRequest, EngineError) async -> Void
    ) {
        self.run = run
        self.refuse = refuse
    }

    /// Number of sessions with a running turn.
    var runningCount: Int { state.withLock { $0.entries.count } }

    /// Whether new turns are refused because the server stops.
    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Keeps the session's place for a request that is about to come; see ``TurnStateMachine/reserve()``. What was kept
    /// must be used or given back with ``release(_:)``.
    ///
    /// - Returns: Whether the place was free.
    func reserve(_ session: SessionID) -> Bool {
        state.withLock { state in
            !state.isDraining && state.entries[session, default: Entry()].machine.reserve()
        }
    }

    /// Gives a kept place back.
    func release(_ session: SessionID) {
        state.withLock { state in
            guard let actions = state.entries[session]?.machine.release() else { return }
            perform(actions, session, &state)
        }
    }

    /// Number of requests that wait behind the session's turn.
    func waitingCount(_ session: SessionID) -> Int { state.withLock { $0.entries[session]?.machine.waitingCount ?? 0 } }

    /// Asks for a turn. One that runs or waits already, under the same trace, is left alone. See ``TurnStateMachine/request(_:_:isReserved:)``. Never waits.
    func request(_ request: TurnRequest) {
        state.withLock { state in
            guard !state.isDraining else { return refuse(request, .stopping, &state) }
            guard state.entries[request.session, default: Entry()].traces.insert(request.traceID).inserted else {
                guard request.isReserved, let actions = state.entries[request.session]?.machine.release() else {
                    return
                }
                return perform(actions, request.session, &state)
            }
            let actions = state.entries[request.session, default: Entry()].machine
                .request(
                    request, request.doubleText, isReserved: request.isReserved,
                    isKept: request.isResumed, cause: request.causeOffset)
            perform(actions, request.session, &state)
        }
    }

    /// Cancels the session's turn and what waits behind it. Does not wait for its end.
    func cancel(_ session: SessionID) { state.withLock { cancel(session, &$0) } }

    /// Runs under the lock.
    private func cancel(_ session: SessionID, _ state: inout State) {
        guard let actions = state.entries[session]?.machine.cancel() else { return }
        perform(actions, session, &state, refusal: .turnsEnded)
    }

    /// Cancels the session's turns of these traces, whether they run or wait. Does not wait for their end.
    func cancel(_ session: SessionID, _ traces: Set<TraceID>) {
        state.withLock { state in
            let runs = state.entries[session]?.running.map(traces.contains) ?? false
            let actions = state.entries[session]?.machine.cancel(running: runs) { traces.contains($0.traceID) }
            if let actions { perform(actions, session, &state) }
        }
    }

    /// Cancels the session's turn and what waits behind it, and leaves it open: another node sees to it.
    func abandon(_ session: SessionID) {
        state.withLock { state in
            guard state.entries[session] != nil else { return }
            state.entries[session]?.isAbandoned = true
            if let actions = state.entries[session]?.machine.cancel() { perform(actions, session, &state) }
        }
    }

    fileprivate func isAbandoned(_ session: SessionID) -> Bool {
        state.withLock { $0.entries[session]?.isAbandoned ?? false }
    }

    /// Traces of the turn that runs in the session and of those that wait; nil when none does.
    func traces(of session: SessionID) -> Set<TraceID>? { state.withLock { $0.entries[session]?.traces } }

    /// Cancels the session's turn, what waits behind it and what is asked for meanwhile, and returns when no turn runs or
    /// waits.
    func end(_ session: SessionID) async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                guard state.entries[session] != nil else { return true }
                state.ended[session, default: []].append(continuation)
                cancel(session, &state)
                return false
            }
            if isIdle { continuation.resume() }
        }
    }

    fileprivate func beginWriting(_ session: SessionID, _ number: Int) -> Bool {
        state.withLock { $0.entries[session]?.machine.beginWriting(number) ?? false }
    }

    fileprivate func beginEnding(_ session: SessionID, _ number: Int) {
        state.withLock { $0.entries[session]?.machine.beginEnding(number) }
    }

    /// False when the server stops.
    fileprivate func setPausing(_ isPausing: Bool, _ session: SessionID) -> Bool {
        state.withLock { state in
            state.entries[session]?.isPausing = isPausing
            return !state.isDraining
        }
    }

    /// Takes no new turns and returns when all running ones have ended. After `grace` they are cancelled.
    func drain(grace: Duration, clock: any TimeSource) async {
        state.withLock { state in
            state.isDraining = true
            for session in Array(state.entries.keys) {
                if state.entries[session]?.isPausing == true { state.entries[session]?.task?.cancel() }
                guard let actions = state.entries[session]?.machine.drain() else { continue }
                perform(actions, session, &state)
            }
        }
        let hurry = Task {
            try await clock.sleep(for: grace)
            for task in state.withLock({ $0.entries.values.compactMap(\.task) }) { task.cancel() }
        }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if !state.isIdle { state.drained.append(continuation) }
                return state.isIdle
            }
            if isIdle { continuation.resume() }
        }
        hurry.cancel()
    }

    private func ended(_ request: TurnRequest, _ number: Int) {
        let session = request.session
        wake { state in
            state.entries[session]?.traces.remove(request.traceID)
            state.entries[session]?.running = nil
            if let actions = state.entries[session]?.machine.ended(number) { perform(actions, session, &state) }
        }
    }

    /// Wakes those who wait for the last turn, if `change` leaves nothing to wait for.
    private func wake(after change: (inout State) -> Void) {
        let drained: [CheckedContinuation<Void, Never>] = state.withLock { state in
            change(&state)
            guard state.isIdle else { return [] }
            defer { state.drained = [] }
            return state.drained
        }
        for continuation in drained { continuation.resume() }
    }

    /// Runs under the lock.
    private func refuse(_ request: TurnRequest, _ error: EngineError, _ state: inout State) {
        state.refusals += 1
        Task {
            await refuse(request, error)
            wake { $0.refusals -= 1 }
        }
    }

    /// Runs under the lock: starting and cancelling tasks only enqueues them.
    ///
    /// - Parameter refusal: Why requests are refused that nothing newer takes the place of.
    private func perform(
        _ actions: [TurnStateMachine<TurnRequest>.Action], _ session: SessionID, _ state: inout State,
        refusal: EngineError? = nil
    ) {
        for action in actions {
            switch action {
            case .nothing: break
            case .start(let number, let request):
                let gate = TurnGate(scheduler: self, session: session, number: number)
                state.entries[session]?.isAbandoned = false
                state.entries[session]?.running = request.traceID
                if request.isCommitted { _ = state.entries[session]?.machine.beginWriting(number) }
                state.entries[session]?.task = Task { [self] in
                    await run(request, gate)
                    ended(request, number)
                }
                // Asked for while the turn before it was waited for.
                if state.ended[session] != nil { cancel(session, &state) }
            case .cancel: state.entries[session]?.task?.cancel()
            case .refuse(let request):
                let isLeft = state.isDraining || state.entries[session]?.isAbandoned == true
                let error =
                    isLeft ? EngineError.stopping : refusal ?? (request.doubleText == .reject ? .busy : .newer)
                state.entries[session]?.traces.remove(request.traceID)
                refuse(request, error, &state)
            case .discard:
                state.entries[session] = nil
                for continuation in state.ended.removeValue(forKey: session) ?? [] { continuation.resume() }
            }
        }
    }

}
