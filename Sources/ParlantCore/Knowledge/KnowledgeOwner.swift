/// Whom a document is about: one customer, or one agent whatever the customer.
public enum KnowledgeOwner: Sendable, Hashable, CustomStringConvertible {
    case customer(CustomerID)
    case agent(AgentID)

    /// The tag by which everything of the owner is listed. No other owner has it.
    public var tag: TagID {
        switch self {
        case .customer(let id): TagID("of-customer:\(id)")
        case .agent(let id): TagID("of-agent:\(id)")
        }
    }

    public var description: String {
        switch self {
        case .customer(let id): "customer '\(id)'"
        case .agent(let id): "agent '\(id)'"
        }
    }
}
