public import ParlantCore

/// What one turn is told, where a turn in service would ask a model.
public struct TurnScript: Sendable {
    /// Guidelines whose conditions hold. What decides by itself (code, `match_always`) is not asked here.
    public var matches: Set<GuidelineID> = []
    /// Whether conditions are matched by words, as they are without a model, instead of by ``matches``.
    public var matchesByWords = false
    /// Journeys that begin in the turn, whatever their triggers.
    public var begins: [JourneyID] = []
    /// Ways that journeys go in the turn, in order; tools on the way run. What is no way from where a journey is then is
    /// not gone: ``TurnReport/waysLeft``.
    public var ways: [JourneyWay] = []
    /// Arguments of tools that run as soon as a guideline offers them; arguments of the others are found in the
    /// customer's words, as they are without a model.
    public var arguments: [ToolID: JSONObject] = [:]
    /// What is said; nil: a canned response that fits, else ``Phrases/noMatch`` of the settings.
    public var reply: String?

    /// A turn in which no condition holds and nothing is scripted.
    public init() {}
}

/// One way of a journey that a script tells it to go.
public struct JourneyWay: Sendable, Equatable {
    public var journey: JourneyID
    /// Name of the state where it leads; nil: the end of the journey.
    public var target: String?

    public init(_ journey: JourneyID, to target: String?) {
        self.journey = journey
        self.target = target
    }
}

/// Takes the place of the language model in an engine that tests agents.
public protocol TurnDirector: Sendable {
    /// The script of the turn that a session runs now. Asked several times in a turn, with the same answer; must return
    /// at once.
    func script(for session: SessionID) -> TurnScript
}
