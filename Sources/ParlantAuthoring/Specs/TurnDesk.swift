import ParlantCore
import ParlantEngine
import Synchronization

/// Where a test and the turns of its conversation meet: it holds what the next turn is told, and what the last one did.
final class TurnDesk: TurnDirector, TurnObserver {
    private enum Wait {
        case nobody
        case waiting(CheckedContinuation<TurnReport, Never>)
        case arrived(TurnReport)
    }

    private struct State {
        var script = TurnScript()
        var wait = Wait.nobody
        var last: TurnReport?
        var hasTurns = false
        var journeys: JourneyTracker
    }

    private let state: Mutex<State>

    /// - Parameter journeys: Those of the agent.
    init(matchesByWords: Bool, journeys: [Journey] = []) {
        var script = TurnScript()
        script.matchesByWords = matchesByWords
        state = Mutex(State(script: script, journeys: JourneyTracker(journeys)))
    }

    /// What the last turn did; nil when nobody answered.
    var last: TurnReport? { state.withLock { $0.last } }

    /// Whether the customer has said anything yet.
    var hasTurns: Bool { state.withLock { $0.hasTurns } }

    func script(for session: SessionID) -> TurnScript { state.withLock { $0.script } }

    /// Where the conversation is in the journeys of its agent.
    var journeys: JourneyTracker { state.withLock { $0.journeys } }

    /// Begins a journey; see ``JourneyTracker/activate(_:)``.
    func activate(_ journey: JourneyID) -> [JourneyTracker.Edge] { state.withLock { $0.journeys.activate(journey) } }

    /// Goes a way of a journey; see ``JourneyTracker/take(_:to:)``.
    func take(_ journey: JourneyID, to target: String?) throws -> [JourneyTracker.Edge] {
        try state.withLock { try $0.journeys.take(journey, to: target) }
    }

    /// Changes what the next turn is told.
    func change(_ body: (inout TurnScript) -> Void) { state.withLock { body(&$0.script) } }

    func turnEnded(_ report: TurnReport) {
        let continuation: CheckedContinuation<TurnReport, Never>? = state.withLock { state in
            guard case .waiting(let continuation) = state.wait else {
                state.wait = .arrived(report)
                return nil
            }
            state.wait = .nobody
            return continuation
        }
        continuation?.resume(returning: report)
    }

    /// The report of the turn that was asked for, as soon as it has ended.
    func nextReport() async -> TurnReport {
        await withCheckedContinuation { continuation in
            let arrived: TurnReport? = state.withLock { state in
                if case .arrived(let report) = state.wait {
                    state.wait = .nobody
                    return report
                }
                state.wait = .waiting(continuation)
                return nil
            }
            if let arrived { continuation.resume(returning: arrived) }
        }
    }

    /// Keeps what a turn did, and forgets what it was told.
    func close(_ report: TurnReport?) {
        state.withLock { state in
            state.last = report
            state.hasTurns = true
            let byWords = state.script.matchesByWords
            state.script = TurnScript()
            state.script.matchesByWords = byWords
        }
    }
}
