/// One value of a script, with all that is known of it.
public struct KeyValueEntry: Sendable, Equatable {
    public var scope: KeyValueScope
    public var key: String
    public var value: JSONValue
    /// The moment at which it is gone; nil: never.
    public var endsAt: Timestamp?

    public init(scope: KeyValueScope, key: String, value: JSONValue, endsAt: Timestamp? = nil) {
        self.scope = scope
        self.key = key
        self.value = value
        self.endsAt = endsAt
    }
}

extension KeyValueScope {
    /// The scope as one text, by which records are ordered: `session:s1`.
    public var text: String {
        switch self {
        case .session(let id): "session:\(id)"
        case .customer(let id): "customer:\(id)"
        case .agent(let id): "agent:\(id)"
        }
    }

    /// Reads ``text``; nil for anything else.
    public init?(text: String) {
        // Bytes, because what follows the colon may combine with it into one character.
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, case let id = String(Substring(parts[1])) else { return nil }
        switch String(Substring(parts[0])) {
        case "session": self = .session(SessionID(id))
        case "customer": self = .customer(CustomerID(id))
        case "agent": self = .agent(AgentID(id))
        default: return nil
        }
    }
}
