import ParlantCore
import Synchronization

/// Decides what applies in a turn after the relationships of the agent had their say (`domain.md` 1.4).
///
/// A resolution is a function of the matches, the active journeys and the agent: the order of the matches, the time and
/// earlier turns play no part. It costs microseconds for 50 guidelines; the first turn after a load compiles the
/// relationships, see ``RelationshipIndex``.
final class RelationalResolver: Sendable {
    private struct Compiled: Sendable {
        var generation: Int
        var index: RelationshipIndex
    }

    private let compiled = Mutex<[AgentID: Compiled]>([:])

    /// Applies the relationships of the agent.
    ///
    /// - Parameters:
    ///   - matches: What was matched, and the current states of journeys as matches whose guidelines have the scope of
    ///     their journey. Guidelines that the agent does not have, such as those that a tool gave, count by their
    ///     priority only.
    ///   - journeys: The active ones, those that began in this turn included. One that is not in the result has not
    ///     begun, or rests for this turn.
    func resolve(
        _ matches: [GuidelineMatch], journeys: [ActiveJourney] = [], in snapshot: AgentSnapshot
    ) -> RelationalResolution {
        RelationalResolution(matches, journeys: journeys, index: index(of: snapshot))
    }

    private func index(of snapshot: AgentSnapshot) -> RelationshipIndex {
        let known = compiled.withLock { $0[snapshot.agent.id] }
        if let known, known.generation == snapshot.generation { return known.index }
        // Outside the lock: two turns at once may both compile, which is harmless.
        let index = RelationshipIndex(snapshot)
        compiled.withLock { $0[snapshot.agent.id] = Compiled(generation: snapshot.generation, index: index) }
        return index
    }
}

/// What applies in a turn, and what became of everything else.
struct RelationalResolution: Sendable, Equatable {
    /// How often the rules are applied at most.
    static let maxRounds = 3

    /// What applies: in the order in which it was given, then what was added.
    var matches: [GuidelineMatch]
    /// Active journeys that stay so, in the order in which they were given.
    var journeys: [ActiveJourney]
    /// One for each match and each active journey that was given, in that order, then for those that were added.
    var records: [ResolutionRecord]
    /// Whether another round would change nothing. If not, every dependency of what applies is met all the same.
    var isStable: Bool

    /// Applies the relationships, at most ``maxRounds`` times: each round begins anew with all that was ever matched or
    /// entailed, less what gave way to others, so that a guideline whose dependency comes late is not lost.
    init(_ matches: [GuidelineMatch], journeys: [ActiveJourney], index: RelationshipIndex) {
        var state = ResolutionState(matches, journeys, index)
        isStable = false
        for _ in 0..<Self.maxRounds where !isStable {
            let before = state.changes
            state.settleDependencies()
            state.askWhatIsMeant()
            state.followPriorities()
            state.keepHighestLevel()
            state.entail()
            isStable = state.changes == before
        }
        state.dropUngrounded()
        self.matches = state.survivors
        self.journeys = state.activeJourneys
        records = state.records()
    }
}
