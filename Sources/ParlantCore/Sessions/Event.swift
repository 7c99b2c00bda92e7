/// One entry of a session's log.
public struct Event: Sendable, Equatable {
    /// Who caused it. Raw values are the wire's.
    public enum Source: String, Sendable, CaseIterable {
        case customer
        case customerUI = "customer_ui"
        case humanAgent = "human_agent"
        case humanAgentOnBehalfOfAIAgent = "human_agent_on_behalf_of_ai_agent"
        case aiAgent = "ai_agent"
        case system
    }

    /// What it is. Raw values are the wire's.
    public enum Kind: String, Sendable, CaseIterable { case message, status, tool, custom }

    public var id: EventID
    public var source: Source
    public var kind: Kind
    /// Place in the session: dense from 0, never used again, not even after deletion.
    public var offset: Int
    public var createdAt: Timestamp
    public var traceID: TraceID
    /// Content in the wire's form of its kind; ``EventData`` builds and reads it.
    public var data: JSONValue
    public var metadata: JSONObject
    /// Counts the changes since it was appended, from 0. Two readings with the same revision are equal.
    public var revision: Int

    public init(
        id: EventID, source: Source, kind: Kind, offset: Int, createdAt: Timestamp, traceID: TraceID, data: JSONValue,
        metadata: JSONObject = [:], revision: Int = 0
    ) {
        self.id = id
        self.source = source
        self.kind = kind
        self.offset = offset
        self.createdAt = createdAt
        self.traceID = traceID
        self.data = data
        self.metadata = metadata
        self.revision = revision
    }
}

/// What an update changes about an event; what is not given stays as it was.
public struct EventChange: Sendable {
    /// New content as a whole. Only a streamed message that is still being written gets any.
    public var data: JSONValue?
    public var metadata: MetadataChange

    public init(data: JSONValue? = nil, metadata: MetadataChange = .init()) {
        self.data = data
        self.metadata = metadata
    }

    /// Applies the change and counts it, even if it names nothing.
    public func apply(to event: inout Event) {
        if let data { event.data = data }
        metadata.apply(to: &event.metadata)
        event.revision += 1
    }
}

/// An event without identity, before a store has given it an id, an offset and a time.
public struct EventDraft: Sendable {
    public var source: Event.Source
    public var kind: Event.Kind
    public var traceID: TraceID
    public var data: JSONValue
    public var metadata: JSONObject
    /// Where several nodes share the store: appended only while this lease is held.
    public var lease: TurnLease?

    public init(
        source: Event.Source, kind: Event.Kind, traceID: TraceID, data: JSONValue, metadata: JSONObject = [:]
    ) {
        self.source = source
        self.kind = kind
        self.traceID = traceID
        self.data = data
        self.metadata = metadata
    }
}

/// Which events of a session are wanted; all that is given must hold.
public struct EventQuery: Sendable {
    /// First offset, inclusive.
    public var minOffset: Int
    /// Empty: all kinds.
    public var kinds: Set<Event.Kind>
    public var source: Event.Source?
    public var traceID: TraceID?
    /// At most this many events, the first of those that match; nil: all.
    public var limit: Int?
    /// Whether the limit leaves the last of those that match, and not the first. They come by offset all the same.
    public var takesLast: Bool

    public init(
        minOffset: Int = 0, kinds: Set<Event.Kind> = [], source: Event.Source? = nil, traceID: TraceID? = nil,
        limit: Int? = nil, takesLast: Bool = false
    ) {
        self.minOffset = minOffset
        self.kinds = kinds
        self.source = source
        self.traceID = traceID
        self.limit = limit
        self.takesLast = takesLast
    }

    /// Whether the event is one of those asked for.
    public func matches(_ event: Event) -> Bool {
        event.offset >= minOffset
            && (kinds.isEmpty || kinds.contains(event.kind))
            && (source == nil || source == event.source)
            && (traceID == nil || traceID == event.traceID)
    }
}
