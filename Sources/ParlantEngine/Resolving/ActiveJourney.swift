import ParlantCore

/// A journey that the conversation is in, as the resolver looks at it.
struct ActiveJourney: Sendable, Hashable {
    var id: JourneyID
    /// Whether it began in this turn. One that was under way before has been chosen already: nobody is asked whether
    /// it is meant.
    var beganNow: Bool
    /// The journey that goes through it at the moment. It rests with that one, and inherits its priority.
    var host: JourneyID?

    init(_ id: JourneyID, beganNow: Bool = false, host: JourneyID? = nil) {
        self.id = id
        self.beganNow = beganNow
        self.host = host
    }
}

extension JourneyNavigator {
    /// What the resolver is told of the journeys: those that count in this turn, each after the one that goes through it.
    var activeJourneys: [ActiveJourney] {
        let walking = running.flatMap { root, course in
            let ids = course.spot?.frames.map(\.journey.id) ?? []
            return ids.indices.map { level in
                ActiveJourney(ids[level], beganNow: canBegin(root), host: level > 0 ? ids[level - 1] : nil)
            }
        }
        return walking + stateless.map { ActiveJourney($0, beganNow: true) }
    }
}
