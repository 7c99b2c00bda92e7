import Logging
import ParlantCore
import Synchronization

/// Gathers what one turn decides and does, and keeps the explanation before the turn's last status is written: whoever
/// has seen a turn end can ask why it went as it did.
final class TurnRecorder: Sendable {
    private struct State {
        var report: TurnReport
        var timer: TurnTimer
    }

    private let state: Mutex<State>
    let models: TurnModels
    private let store: (any ExplanationStore)?
    private let logger: Logger

    /// The record of a turn that begins now.
    ///
    /// - Parameter store: Where the explanation is kept; nil: nowhere.
    init(
        session: SessionID, traceID: TraceID, models: TurnModels, store: (any ExplanationStore)?,
        clock: any TimeSource, logger: Logger
    ) {
        let report = TurnReport(session: session, traceID: traceID, began: clock.now)
        state = Mutex(State(report: report, timer: TurnTimer(clock: clock)))
        self.models = models
        self.store = store
        self.logger = logger
    }

    /// The record as it stands.
    var report: TurnReport {
        state.withLock { state in
            var report = state.report
            report.calls = models.calls
            report.budgetDecisions = models.budgetDecisions
            report.phases = state.timer.durations
            report.duration = state.timer.total
            return report
        }
    }

    /// Notes what was found out.
    func note(_ change: (inout TurnReport) -> Void) { state.withLock { change(&$0.report) } }

    /// From now on the turn's time is that of this phase.
    func enter(_ phase: TurnPhase) { state.withLock { $0.timer.enter(phase) } }

    /// Keeps the explanation. A store that fails is logged: the customer has the answer all the same.
    func save() async {
        enter(.finishing)
        guard let store else { return }
        do {
            try await store.save(report.explanation)
        } catch {
            logger.warning("the explanation of a turn could not be stored", metadata: ["error": "\(error)"])
        }
    }

    /// Removes what was kept after the session was deleted, whose explanations nobody would look for any more.
    func discard() async {
        do {
            try await store?.deleteAll(of: report.session)
        } catch {
            logger.warning(
                "the explanation of a turn whose session is deleted could not be removed",
                metadata: ["error": "\(error)"])
        }
    }
}
