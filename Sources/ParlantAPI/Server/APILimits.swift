public import ParlantCore

/// What the API accepts from one request. More is refused whole; nothing is cut.
public struct APILimits: Sendable {
    /// Bytes of a request's body; beyond: 413.
    public var bodyBytes = 1024 * 1024
    /// Seconds in which a request's body must have come whole, however steadily it comes; beyond: 408.
    public var bodySeconds = 60
    /// Bytes of what a client brings of one event, without its metadata, as JSON; beyond: 413.
    public var eventDataBytes = 256 * 1024
    /// Bytes of one metadata object as JSON; beyond: 413.
    public var metadataBytes = MetadataLimits().bytes
    /// How much may be kept of one customer or agent besides conversations; beyond: 413, 409 or 422.
    public var knowledge = KnowledgeLimits()
    /// Bytes of the labels of one session, guideline or journey as JSON; beyond: 413.
    public var labelsBytes = MetadataLimits().labelsBytes
    /// Characters (Unicode scalars) of an id that a client gives; beyond: 422.
    public var idLength = 1000
    /// Longest wait of a long poll in seconds; a request for more waits this long and then gets its 504.
    public var longPollSeconds = 300
    /// Seconds after which a connection without a request is closed. A waiting long poll is not idle.
    public var idleConnectionSeconds = 180
    /// Seconds in which a client that is sent something must take some of it; after them the connection is closed.
    public var stalledClientSeconds = 60

    /// The limits above; change what does not fit.
    public init() {}
}
