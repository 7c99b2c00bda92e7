public import OrderedCollections
public import ParlantCore

/// What one turn decided and did, for those who look over its shoulder: tests of agents, and `chat`'s `:why`.
public struct TurnReport: Sendable {
    /// How a turn ended.
    public enum Ending: Sendable, Equatable {
        /// It said all that it had to say, which may be nothing.
        case completed
        /// Nobody answers in this session; the text says why.
        case unanswered(String)
        /// A newer message came first, or the session was closed.
        case cancelled
        /// It broke; the text is for the log.
        case failed(String)
    }

    public var session: SessionID
    public var traceID: TraceID
    /// When the turn began.
    public var began: Timestamp
    /// Who answered; nil when nobody did.
    public var agent: AgentID?
    public var ending = Ending.completed
    /// Guidelines that were looked at, in the order of definition.
    public var considered: [Guideline] = []
    /// Those of them whose conditions held, each with the reason, before relationships were looked at.
    public var judged: [GuidelineMatch] = []
    /// Guidelines that applied, in the order of importance, each with the reason.
    public var matches: [GuidelineMatch] = []
    /// What the relationships made of each guideline that was matched, and of what they added.
    public var resolutions: [ResolutionRecord] = []
    /// What was decided about the tools that were offered, round after round.
    public var verdicts: [ToolVerdict] = []
    /// Tool calls in the order in which they ended, failures included.
    public var runs: [ToolRun] = []
    /// Arguments that the agent asked for.
    public var missing: [ParameterProblem] = []
    /// Where the session is in its journeys.
    public var journeys: OrderedDictionary<JourneyID, JourneyPlace> = [:]
    /// Steps that its journeys made, in order.
    public var moves: [JourneyMove] = []
    /// Ways that a test told journeys to go, and that were not there when they could have gone them.
    public var waysLeft: [JourneyWay] = []
    /// What the agent said at the end.
    public var reply: String?
    /// Calls of language models, failed ones included, in the order in which they ended.
    public var calls: [ModelCall] = []
    /// Where the time went; the phases add up to ``duration``.
    public var phases: [TurnPhase: Duration] = [:]
    /// From the begin of the turn until everything was said.
    public var duration = Duration.zero

    init(session: SessionID, traceID: TraceID, began: Timestamp) {
        self.session = session
        self.traceID = traceID
        self.began = began
    }
}

/// Told how each turn of an engine ended.
public protocol TurnObserver: Sendable {
    /// Called once per turn, when its last event is in the log. Must return at once.
    func turnEnded(_ report: TurnReport)
}
