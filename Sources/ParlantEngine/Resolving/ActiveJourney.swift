import ParlantCore

/// A journey that the conversation is in, as the resolver looks at it.
struct ActiveJourney: Sendable, Hashable {
    var id: JourneyID
    /// Whether it began in this turn. One that was under way before has been chosen already: nobody is asked whether
    /// it is meant.
    var beganNow: Bool

    init(_ id: JourneyID, beganNow: Bool = false) {
        self.id = id
        self.beganNow = beganNow
    }
}
