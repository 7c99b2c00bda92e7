import ParlantCore

/// The event engine refused a request. Nothing was changed.
public struct EngineError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is. New codes may appear in a minor version: always have a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case manualSession, superseded, tooManyWaiters, shuttingDown, unknownAgent, middleOfTrace, noLanguageModel
            case modelFailed, busy, tooManyQueued, turnFailed, turnRunsElsewhere, budgetExhausted
        }
        private let kind: Kind

        /// The session is in manual mode, so the agent starts no turn.
        public static let manualSession = Code(kind: .manualSession)
        /// A newer request took the place of this one before its turn began.
        public static let superseded = Code(kind: .superseded)
        /// The limit of readers that wait at the same time is reached.
        public static let tooManyWaiters = Code(kind: .tooManyWaiters)
        /// The server is stopping.
        public static let shuttingDown = Code(kind: .shuttingDown)
        /// The session's agent is not defined.
        public static let unknownAgent = Code(kind: .unknownAgent)
        /// Events can only be deleted from the beginning of a trace on.
        public static let middleOfTrace = Code(kind: .middleOfTrace)
        /// There is no language model to write with.
        public static let noLanguageModel = Code(kind: .noLanguageModel)
        /// The language model did not do what was asked.
        public static let modelFailed = Code(kind: .modelFailed)
        /// A budget for language models is used up.
        public static let budgetExhausted = Code(kind: .budgetExhausted)
        /// The agent answers one message at a time, and still works on an earlier one.
        public static let busy = Code(kind: .busy)
        /// The limit of messages that wait for their turns is reached.
        public static let tooManyQueued = Code(kind: .tooManyQueued)

        /// A turn that was asked for ended without an event: its session was deleted, or the store failed.
        public static let turnFailed = Code(kind: .turnFailed)
        /// Another server runs a turn that has to end first, and has not ended it yet.
        public static let turnRunsElsewhere = Code(kind: .turnRunsElsewhere)

        public var description: String { kind.rawValue }
    }

    public var code: Code
    /// One sentence: what was refused and what to do about it.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code): \(message)" }
}

extension EngineError {
    static let stopping = EngineError(.shuttingDown, "the server is stopping; try again later")
    static let newer = EngineError(
        .superseded, "a newer message came before this turn began; its turn answers both")
    static let endedElsewhere = EngineError(
        .superseded,
        "another server ended this turn before it began, for a newer message or for people who answer; read the session's "
            + "events")
    static let busy = EngineError(
        .busy, "the agent still answers an earlier message; wait for its status 'ready', then send this one again")

    static let turnFailed = EngineError(
        .turnFailed, "the turn ended before it could say anything, not even what is wrong; the log says how")

    static let turnsEnded = EngineError(
        .turnFailed,
        "the turns of the session were ended, perhaps because it is deleted; look whether it is still there")

    static func turnRunsElsewhere(_ session: SessionID, within time: Duration) -> EngineError {
        EngineError(
            .turnRunsElsewhere,
            "another server was asked to end its turn of the session '\(session)', and has not within "
                + "\(time.components.seconds) seconds; ask again when the tool that it waits for has ended")
    }

    static func tooManyQueued(_ limit: Int) -> EngineError {
        EngineError(
            .tooManyQueued, "\(limit) messages of this session wait for their answers; send this one again later")
    }

    static let manual = EngineError(
        .manualSession, "the session is in manual mode; set its mode to 'auto', or post a human agent's message")

    /// The reference's words.
    static let middleOfTrace = EngineError(
        .middleOfTrace,
        "Cannot delete events with offset < min_offset unless they are the first event of their trace ID")
    static let noLanguageModel = EngineError(
        .noLanguageModel,
        "this server has no language model, so there is nothing to write a message from 'guidelines' with; start it "
            + "with one, or post the message itself as human_agent_on_behalf_of_ai_agent")

    static func modelFailed(_ error: NLPError) -> EngineError { EngineError(.modelFailed, error.message) }

    static func budgetExhausted(_ stop: BudgetExhausted) -> EngineError {
        EngineError(.budgetExhausted, "\(stop); see 'budgets' in the server's configuration file")
    }

    static func unknownAgent(_ id: AgentID) -> EngineError {
        EngineError(.unknownAgent, "there is no agent '\(id)'; check the session's agent_id")
    }
}
