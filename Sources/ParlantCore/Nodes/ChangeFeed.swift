/// Tells what other nodes did to stores that this node shares with them.
///
/// A node is one server process. Stores in the process' own memory or files have no feed.
public protocol ChangeFeed: Sendable {
    /// Begins to tell, on a thread of the feed, until the store is closed. Call it once.
    ///
    /// Whoever looked into the store before and heard nothing since has missed nothing, apart from what ``RemoteChange``
    /// `anything` stands for. What this node does itself may be told too.
    func follow(_ follower: any ChangeFollower)
}

/// Who is told by a ``ChangeFeed``.
public protocol ChangeFollower: Sendable {
    /// Whether somebody waits for what happens to events. Where the database cannot tell by itself, the feed asks it
    /// only then.
    var isWaiting: Bool { get }
    /// Something was changed and is durable. Returns soon: the next change is told afterwards.
    func follow(_ change: RemoteChange)
}

/// Something that another node did.
public enum RemoteChange: Sendable, Equatable {
    /// An event was appended. Its data and metadata are left out.
    case appended(Event, SessionID)
    /// An event was changed in place.
    case updated(EventID, SessionID)
    /// A turn was asked for in the session.
    case asked(TraceID, SessionID)
    /// Events at the end of the session were deleted.
    case truncated(SessionID)
    /// The session was deleted with all that is in it.
    case deleted(SessionID)
    /// Entities of one kind were created, changed or deleted.
    case entities(MirroredKind)
    /// The feed begins, or it was interrupted: anything may have changed.
    case anything
}

/// Kinds of entities of which nodes hold copies.
public enum MirroredKind: String, Sendable, CaseIterable {
    case agents, guidelines, terms, variables, capabilities, journeys, relationships
    case cannedResponses = "canned_responses"
}
