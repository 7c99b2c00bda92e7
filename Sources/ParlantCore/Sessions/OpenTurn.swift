/// A turn that was asked for and has not ended: what a server finishes when it comes back.
///
/// It is opened with the event that asks for it and closed with the last event that it writes, so that a crash at any
/// moment leaves either of both, never neither.
public struct OpenTurn: Sendable, Equatable {
    public var session: SessionID
    /// The trace of its events. One session has at most one open turn of a trace.
    public var traceID: TraceID
    /// Offset of the event that asked for it; nil: the agent speaks on its own account.
    public var causeOffset: Int?
    public var openedAt: Timestamp
    /// How often somebody began it.
    public var attempts: Int
    /// Calls whose effect cannot be undone, in the order in which they were decided. Each is written down before it runs.
    public var calls: [OpenCall]

    public init(
        session: SessionID, traceID: TraceID, causeOffset: Int? = nil, openedAt: Timestamp, attempts: Int = 0,
        calls: [OpenCall] = []
    ) {
        self.session = session
        self.traceID = traceID
        self.causeOffset = causeOffset
        self.openedAt = openedAt
        self.attempts = attempts
        self.calls = calls
    }
}

/// A tool call of an open turn.
public struct OpenCall: Sendable, Equatable {
    public var tool: ToolID
    public var arguments: JSONObject
    /// The call with its outcome, as an event of kind `tool` shows it; nil while it runs. After a crash nobody knows then
    /// whether it took effect.
    public var outcome: JSONValue?

    public init(tool: ToolID, arguments: JSONObject, outcome: JSONValue? = nil) {
        self.tool = tool
        self.arguments = arguments
        self.outcome = outcome
    }
}

/// What an event that is appended means for the open turn of its trace. Both are stored together or not at all; where
/// the database cannot do that, the turn is the last to be closed.
public enum TurnMark: Sendable, Equatable {
    /// The event asks for a turn: one is opened, with the event's offset and time.
    case opens
    /// The turn ends with this event. None open is fine.
    case closes
}

extension OpenTurn {
    /// The order of lists: by the moment at which they were opened, then by the offset of the event that asked.
    public static func isOpenedBefore(_ left: OpenTurn, _ right: OpenTurn) -> Bool {
        (left.openedAt, left.causeOffset ?? -1, left.traceID.rawValue)
            < (right.openedAt, right.causeOffset ?? -1, right.traceID.rawValue)
    }

    /// The turn that an event asks for.
    public init(asking event: Event, in session: SessionID) {
        self.init(
            session: session, traceID: event.traceID, causeOffset: event.offset, openedAt: event.createdAt)
    }
}
