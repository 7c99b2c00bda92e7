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
    /// Sending it, and what follows from it.
    case finishing
}

/// Splits the time of one turn into phases, without a gap: each moment belongs to one.
struct TurnTimer: Sendable {
    private let clock: any TimeSource
    private let begin: Duration
    private var last: Duration
    private(set) var durations: [TurnPhase: Duration] = [:]

    /// Begins to measure.
    init(clock: any TimeSource) {
        self.clock = clock
        begin = clock.uptime
        last = begin
    }

    /// Gives the time since the last call, or since the begin, to a phase.
    mutating func lap(_ phase: TurnPhase) {
        let now = clock.uptime
        durations[phase, default: .zero] += now - last
        last = now
    }

    /// From the begin to the last lap.
    var total: Duration { last - begin }
}
