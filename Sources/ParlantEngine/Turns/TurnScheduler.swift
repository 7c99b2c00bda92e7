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
    /// Told when the request will not run.
    var onRefused: (@Sendable (EngineError) -> Void)?
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
}

/// Runs at most one turn per session, and any number of sessions side by side. The shell of ``TurnStateMachine``.
final class TurnScheduler: Sendable {
    private struct Entry {
        var machine = TurnStateMachine<TurnRequest>()
        var task: Task<Void, Never>?
    }

    private struct State {
        var entries: [SessionID: Entry] = [:]
        var isDraining = false
        /// Woken when the last turn has ended.
        var drained: [CheckedContinuation<Void, Never>] = []
    }

    private let run: @Sendable (TurnRequest, TurnGate) async -> Void
    private let state = Mutex(State())

    /// `run` performs one turn; it returns, never throws, when all the turn had to say is in the log, also after its
    /// task was cancelled.
    init(run: @escaping @Sendable (TurnRequest, TurnGate) async -> Void) { self.run = run }

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

    /// Asks for a turn; see ``TurnStateMachine/request(_:_:isReserved:)``. Never waits.
    func request(_ request: TurnRequest) {
        let isDraining = state.withLock { state in
            guard !state.isDraining else { return true }
            let actions = state.entries[request.session, default: Entry()].machine
                .request(
                    request, request.doubleText, isReserved: request.isReserved, cause: request.causeOffset)
            perform(actions, request.session, &state)
            return false
        }
        if isDraining { request.onRefused?(EngineError.stopping) }
    }

    /// Cancels the session's turn and what waits behind it. Does not wait for its end.
    func cancel(_ session: SessionID) {
        state.withLock { state in
            guard let actions = state.entries[session]?.machine.cancel() else { return }
            perform(actions, session, &state)
        }
    }

    fileprivate func beginWriting(_ session: SessionID, _ number: Int) -> Bool {
        state.withLock { $0.entries[session]?.machine.beginWriting(number) ?? false }
    }

    fileprivate func beginEnding(_ session: SessionID, _ number: Int) {
        state.withLock { $0.entries[session]?.machine.beginEnding(number) }
    }

    /// Takes no new turns and returns when all running ones have ended. After `grace` they are cancelled.
    func drain(grace: Duration, clock: any TimeSource) async {
        state.withLock { state in
            state.isDraining = true
            for session in Array(state.entries.keys) {
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
                if !state.entries.isEmpty { state.drained.append(continuation) }
                return state.entries.isEmpty
            }
            if isIdle { continuation.resume() }
        }
        hurry.cancel()
    }

    private func ended(_ session: SessionID, _ number: Int) {
        let drained: [CheckedContinuation<Void, Never>] = state.withLock { state in
            if let actions = state.entries[session]?.machine.ended(number) { perform(actions, session, &state) }
            guard state.entries.isEmpty else { return [] }
            defer { state.drained = [] }
            return state.drained
        }
        for continuation in drained { continuation.resume() }
    }

    /// Runs under the lock: starting and cancelling tasks only enqueues them.
    private func perform(
        _ actions: [TurnStateMachine<TurnRequest>.Action], _ session: SessionID, _ state: inout State
    ) {
        for action in actions {
            switch action {
            case .nothing: break
            case .start(let number, let request):
                let gate = TurnGate(scheduler: self, session: session, number: number)
                state.entries[session]?.task = Task { [self] in
                    await run(request, gate)
                    ended(session, number)
                }
            case .cancel: state.entries[session]?.task?.cancel()
            case .refuse(let request):
                let error =
                    state.isDraining ? EngineError.stopping : request.doubleText == .reject ? .busy : .newer
                if let onRefused = request.onRefused { Task { onRefused(error) } }
            case .discard: state.entries[session] = nil
            }
        }
    }

}
