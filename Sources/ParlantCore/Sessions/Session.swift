public import OrderedCollections

/// One conversation of one customer with one agent.
public struct Session: Sendable, Equatable {
    /// Who answers the customer.
    public enum Mode: String, Sendable, CaseIterable {
        /// The agent answers each customer message.
        case auto
        /// A person answers; the agent is silent unless it is told to speak.
        case manual
    }

    public var id: SessionID
    public var agentID: AgentID
    public var customerID: CustomerID
    public var createdAt: Timestamp
    public var title: String?
    public var mode: Mode
    /// Offset up to which each consumer has read; `client` is the front end's.
    public var consumptionOffsets: OrderedDictionary<String, Int>
    public var metadata: JSONObject
    public var labels: OrderedSet<String>
    /// What the agent remembers from turn to turn.
    public var agentState: AgentState

    public init(
        id: SessionID, agentID: AgentID, customerID: CustomerID, createdAt: Timestamp, title: String? = nil,
        mode: Mode = .auto, consumptionOffsets: OrderedDictionary<String, Int> = ["client": 0],
        metadata: JSONObject = [:], labels: OrderedSet<String> = [], agentState: AgentState = AgentState()
    ) {
        self.id = id
        self.agentID = agentID
        self.customerID = customerID
        self.createdAt = createdAt
        self.title = title
        self.mode = mode
        self.consumptionOffsets = consumptionOffsets
        self.metadata = metadata
        self.labels = labels
        self.agentState = agentState
    }
}

/// A session to be created; it starts in mode `auto`.
public struct SessionDraft: Sendable {
    public var agentID: AgentID
    public var customerID: CustomerID
    public var title: String?
    public var metadata: JSONObject
    public var labels: OrderedSet<String>

    public init(
        agentID: AgentID, customerID: CustomerID = Customer.guestID, title: String? = nil, metadata: JSONObject = [:],
        labels: OrderedSet<String> = []
    ) {
        self.agentID = agentID
        self.customerID = customerID
        self.title = title
        self.metadata = metadata
        self.labels = labels
    }
}

/// What an update changes; what is not given stays as it was.
public struct SessionChange: Sendable {
    public var agentID: AgentID?
    public var customerID: CustomerID?
    public var title: String?
    public var mode: Session.Mode?
    public var consumptionOffsets: OrderedDictionary<String, Int>
    public var metadata: MetadataChange
    /// Labels that are added, before `removeLabels` is looked at.
    public var addLabels: [String]
    public var removeLabels: [String]
    /// Replaces what the agent remembers. Only the engine gives it.
    public var agentState: AgentState?
    /// What the session's metadata and labels may become by this change; nil: anything.
    public var limits: MetadataLimits?

    public init(
        agentID: AgentID? = nil, customerID: CustomerID? = nil, title: String? = nil, mode: Session.Mode? = nil,
        consumptionOffsets: OrderedDictionary<String, Int> = [:], metadata: MetadataChange = .init(),
        addLabels: [String] = [], removeLabels: [String] = [],
        agentState: AgentState? = nil, limits: MetadataLimits? = nil
    ) {
        self.agentID = agentID
        self.customerID = customerID
        self.title = title
        self.mode = mode
        self.consumptionOffsets = consumptionOffsets
        self.metadata = metadata
        self.addLabels = addLabels
        self.removeLabels = removeLabels
        self.agentState = agentState
        self.limits = limits
    }

    /// Applies the change.
    ///
    /// - Throws: ``StoreError`` `tooLarge` when the session would exceed ``limits``; then it is as it was.
    public func apply(to session: inout Session) throws {
        if let limits {
            try limits.check(metadata, of: session.metadata, "session", session.id.rawValue)
            try limits.check(adding: addLabels, removing: removeLabels, of: session)
        }
        if let agentID { session.agentID = agentID }
        if let customerID { session.customerID = customerID }
        if let title { session.title = title }
        if let mode { session.mode = mode }
        for (consumer, offset) in consumptionOffsets { session.consumptionOffsets[consumer] = offset }
        metadata.apply(to: &session.metadata)
        session.labels.append(contentsOf: addLabels)
        for label in removeLabels { session.labels.remove(label) }
        if let agentState { session.agentState = agentState }
    }
}
