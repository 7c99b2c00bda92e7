public import OrderedCollections
public import ParlantCore

/// What one turn decided and did, for those who look over its shoulder: tests of agents, and `chat`'s `:why`.
///
/// It refers to what the turn worked with and copies nothing, so that keeping it costs a turn next to nothing.
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

    /// What made the agent speak.
    public enum Cause: Sendable, Equatable {
        /// The customer's message at this offset.
        case message(offset: Int)
        /// It speaks on its own account: a greeting, or because a client asked for a turn.
        case request
        /// A client told it what to say.
        case guidance
    }

    public var session: SessionID
    public var traceID: TraceID
    /// When the turn began.
    public var began: Timestamp
    /// Who answered; nil when nobody did.
    public var agent: AgentID?
    public var cause = Cause.request
    /// What happens to a message that comes while the turn runs; nil where none can.
    public var doubleText: DoubleText?
    /// Messages of the customer that the turn answers.
    public var answered = 0
    public var ending = Ending.completed
    /// Guidelines that were looked at, in the order of definition.
    public var considered: [Guideline] = []
    /// Those of them whose conditions held, each with the reason, before relationships were looked at.
    public var judged: [GuidelineMatch] = []
    /// Guidelines that applied, in the order of importance, each with the reason.
    public var matches: [GuidelineMatch] = []
    /// Why guidelines were found not to apply.
    var matching = MatchingReport()
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
    /// Variables, terms and what retrievers brought.
    var knowledge = KnowledgeReport()
    /// What hooks decided, in order. Steps at which none looks on are not among them.
    var hooks: [HookRun] = []
    /// How the words were found.
    var wording = WordingReport()
    /// What the agent said at the end.
    public var reply: String?
    /// Calls of language models, failed ones included, in the order in which they ended.
    public var calls: [ModelCall] = []
    /// What budgets changed about its calls, in order.
    public var budgetDecisions: [BudgetDecision] = []
    /// Where the time went; the phases add up to ``duration``.
    public var phases: [TurnPhase: Duration] = [:]
    /// From the begin of the turn until everything was said.
    public var duration = Duration.zero

    init(session: SessionID, traceID: TraceID, began: Timestamp) {
        self.session = session
        self.traceID = traceID
        self.began = began
    }

    /// The report as it is kept and served. O(guidelines and calls).
    public var explanation: Explanation {
        Explanation(session: session, traceID: traceID, content: ExplanationWriter(self).content())
    }
}

/// Told how each turn of an engine ended.
public protocol TurnObserver: Sendable {
    /// Called once per turn, when its last event is in the log. Must return at once.
    func turnEnded(_ report: TurnReport)
}
