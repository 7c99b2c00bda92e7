public import OrderedCollections

/// What an agent remembers of a session from turn to turn, by ids that survive a reload of its script.
///
/// Saved once at the end of each turn, before its last status. What an id no longer names is dropped when a turn reads
/// it, never here, so that a script which comes back finds its state.
public struct AgentState: Sendable, Equatable {
    /// Guidelines that were followed and are tracked, in the order in which they were first followed.
    public var appliedGuidelines: OrderedSet<GuidelineID>
    /// Where the session is in each journey that ever began.
    public var journeys: OrderedDictionary<JourneyID, JourneyPlace>

    public init(
        appliedGuidelines: OrderedSet<GuidelineID> = [], journeys: OrderedDictionary<JourneyID, JourneyPlace> = [:]
    ) {
        self.appliedGuidelines = appliedGuidelines
        self.journeys = journeys
    }
}

/// Where a session is in one journey.
public struct JourneyPlace: Sendable, Equatable {
    /// Most states of ``path`` that are kept; older ones are forgotten first.
    public static let longestPath = 100

    /// Names of the states that were visited since the journey began, oldest first; the last one is where it is.
    public var path: [String]
    /// Whether the journey is over. It may begin again.
    public var hasEnded: Bool

    public init(path: [String], hasEnded: Bool = false) {
        self.path = Array(path.suffix(Self.longestPath))
        self.hasEnded = hasEnded
    }

    /// The state in which the journey is; nil when it is over.
    public var current: String? { hasEnded ? nil : path.last }
}
