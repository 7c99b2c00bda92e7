import ParlantCore

/// A part of a turn whose time is told apart. Raw values are those of the explain record.
public enum TurnPhase: String, Sendable, CaseIterable {
    /// Session, customer, conversation, variables.
    case loading
    /// Which guidelines apply.
    case matching
    /// Which tools run, and their running.
    case tools
    /// What is said.
    case composing
    /// What follows from it.
    case finishing
}

/// Splits the time of one turn into phases, without a gap: each moment belongs to one, also when the turn breaks.
struct TurnTimer: Sendable {
    private let clock: any TimeSource
    private let begin: Duration
    private var last: Duration
    private var phase = TurnPhase.loading
    private(set) var durations: [TurnPhase: Duration] = [:]

    /// Begins to measure ``TurnPhase/loading``.
    init(clock: any TimeSource) {
        self.clock = clock
        begin = clock.uptime
        last = begin
    }

    /// From now on the time is that of another phase; naming the same one again only brings its account up to date.
    mutating func enter(_ phase: TurnPhase) {
        let now = clock.uptime
        durations[self.phase, default: .zero] += now - last
        last = now
        self.phase = phase
    }

    /// From the begin to the last call of ``enter(_:)``: the sum of ``durations``.
    var total: Duration { last - begin }
}
