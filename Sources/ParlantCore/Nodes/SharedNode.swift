/// This process as one of several servers on one database.
public struct SharedNode: Sendable {
    /// Tells this process from the others. Random, and another one after each start.
    public var id: NodeID
    /// What other nodes did.
    public var feed: any ChangeFeed
    /// Which node runs the turns of a session.
    public var leases: any TurnLeases

    public init(id: NodeID, feed: any ChangeFeed, leases: any TurnLeases) {
        self.id = id
        self.feed = feed
        self.leases = leases
    }
}

/// Identity of a node: one server process.
public typealias NodeID = Identifier<NodeScope>

/// Phantom type of ``NodeID``; has no values.
public enum NodeScope {}

/// How a store is reached at the moment.
public struct StoreHealth: Sendable, Equatable {
    /// Where it is, without a password.
    public var place: String
    /// Whether the last call got an answer.
    public var isReachable: Bool
    /// What the last call met when it got none; empty else.
    public var problem: String

    public init(place: String, isReachable: Bool, problem: String = "") {
        self.place = place
        self.isReachable = isReachable
        self.problem = problem
    }
}
