public import ParlantCore

/// A step that a session made in a journey.
public struct JourneyMove: Sendable, Hashable {
    public var journey: JourneyID
    public var from: String
    /// Nil: the end of the journey.
    public var to: String?
    /// Whether it went back to a state that was passed, instead of along a way of the drawing.
    public var isBack: Bool

    public init(journey: JourneyID, from: String, to: String?, isBack: Bool = false) {
        self.journey = journey
        self.from = from
        self.to = to
        self.isBack = isBack
    }
}

/// What the navigator found amiss and put right; for the log.
public enum JourneyNotice: Sendable, Equatable, CustomStringConvertible {
    /// The agent has no such journey any more; what was known of it is forgotten.
    case unknownJourney(JourneyID)
    /// The journey has no such state any more; it stands at its start again.
    case unknownState(JourneyID, String)
    /// The journey moved so often in one turn that it was stopped where it was.
    case tooManyMoves(JourneyID, at: String, limit: Int)

    public var description: String {
        switch self {
        case .unknownJourney(let journey): "the agent has no journey '\(journey)' any more; it is forgotten"
        case .unknownState(let journey, let state):
            "journey '\(journey)' has no state '\(state)' any more; it begins anew"
        case .tooManyMoves(let journey, let state, let limit):
            "journey '\(journey)' moved \(limit) times in one turn and was stopped at '\(state)'; look for a circle"
        }
    }
}

/// Why a way cannot be gone.
public enum JourneyRefusal: Error, Sendable, Equatable {
    /// The journey is not under way.
    case notActive
    /// There is no such way from here; these there are.
    case noWay(from: String, ways: [String])
}
