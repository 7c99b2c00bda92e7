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
        /// Where the last turn left the conversation.
        var places = AgentState().journeys
        /// Where the next turn would come to, as far as the test says: mistakes are told where they are made.
        var rehearsal: JourneyNavigator
    }

    private let state: Mutex<State>
    private let all: [Journey]

    /// - Parameter journeys: Those of the agent.
    init(matchesByWords: Bool, journeys: [Journey] = []) {
        var script = TurnScript()
        script.matchesByWords = matchesByWords
        state = Mutex(State(script: script, rehearsal: JourneyNavigator(journeys)))
        all = journeys
    }

    /// What the last turn did; nil when nobody answered.
    var last: TurnReport? { state.withLock { $0.last } }

    /// Whether the customer has said anything yet.
    var hasTurns: Bool { state.withLock { $0.hasTurns } }

    func script(for session: SessionID) -> TurnScript { state.withLock { $0.script } }

    /// Where the conversation is in the journeys of its agent.
    var journeys: JourneyNavigator { JourneyNavigator(all, places: state.withLock { $0.places }) }

    /// Has a journey begin in the next turn.
    func activate(_ journey: JourneyID) {
        state.withLock { state in
            state.rehearsal.begin(journey)
            state.script.begins.append(journey)
        }
    }

    /// Has a journey go a way in the next turn; nil is its end.
    ///
    /// - Throws: ``JourneyRefusal`` when there will be no such way; then the turn is not told.
    func take(_ journey: JourneyID, to target: String?) throws {
        try state.withLock { state in
            try state.rehearsal.take(journey, to: target, throughTools: true)
            state.script.ways.append(JourneyWay(journey, to: target))
        }
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
            if let report, report.agent != nil { state.places = report.journeys }
            state.rehearsal = JourneyNavigator(all, places: state.places)
            let byWords = state.script.matchesByWords
            state.script = TurnScript()
            state.script.matchesByWords = byWords
        }
    }
}
