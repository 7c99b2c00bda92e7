public import OrderedCollections

/// Something that an agent keeps in mind about one customer, from conversations. Its moment of creation is ``Stored``'s.
public struct Memory: StoredEntity {
    public static var entityName: String { "memory" }

    /// What kind of thing is remembered.
    public enum Kind: String, Sendable, CaseIterable {
        /// What is so until something newer says otherwise: "is allergic to nuts".
        case fact
        /// What happened once: "reported a broken lamp".
        case episode
    }

    public var id: MemoryID
    /// Whom it is about. Nobody else's turns see it. Never the guest.
    public var customer: CustomerID
    /// Who remembers it.
    public var agent: AgentID
    public var kind: Kind
    /// One sentence.
    public var content: String
    /// Names that occur in it: people, places, things.
    public var entities: [String]
    /// When it was so; nil: not known.
    public var moment: Timestamp?
    /// How much it matters, 0 to 1.
    public var importance: Double
    /// How the customer felt about it, -1 (bad) to 1 (good); nil: not known.
    public var sentiment: Double?
    /// Where it was said; nil: in no session.
    public var session: SessionID?
    /// When it last entered a turn or was asked for; nil: never yet.
    public var lastAccessedAt: Timestamp?

    public init(
        id: MemoryID, customer: CustomerID, agent: AgentID, kind: Kind = .fact, content: String,
        entities: [String] = [], moment: Timestamp? = nil, importance: Double = 0.5, sentiment: Double? = nil,
        session: SessionID? = nil, lastAccessedAt: Timestamp? = nil
    ) {
        self.id = id
        self.customer = customer
        self.agent = agent
        self.kind = kind
        self.content = content
        self.entities = entities
        self.moment = moment
        self.importance = importance
        self.sentiment = sentiment
        self.session = session
        self.lastAccessedAt = lastAccessedAt
    }

    /// The tag by which an agent's memories of one customer are listed. The length makes two pairs never share a tag.
    public static func holder(_ customer: CustomerID, _ agent: AgentID) -> TagID {
        TagID("by-agent:\(agent.rawValue.utf8.count):\(agent)/\(customer)")
    }

    /// The tags of the customer, of the agent, and of both together.
    public var tags: OrderedSet<TagID> {
        [
            KnowledgeOwner.customer(customer).tag, KnowledgeOwner.agent(agent).tag, Self.holder(customer, agent),
        ]
    }
}

public typealias MemoryID = Identifier<Memory>
