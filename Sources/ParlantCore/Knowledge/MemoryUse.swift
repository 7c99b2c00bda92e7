/// Whether conversations are remembered, and whether what was remembered is brought into later ones. Neither, unless
/// somebody wants it.
public struct MemoryUse: Sendable, Hashable {
    /// Whether notes are taken of what customers say.
    public var remember: Bool
    /// Whether notes of earlier conversations are brought into turns.
    public var recall: Bool

    public init(remember: Bool = false, recall: Bool = false) {
        self.remember = remember
        self.recall = recall
    }

    /// The member of a session's metadata that decides for this session: `{"remember": true, "recall": false}`.
    public static let member = "memory"

    /// What holds in one session of an agent: what the session's metadata say goes before the agent's own. Anything there
    /// but `true` is a no, so that a mistake remembers nothing. Sessions of the guest, who is everybody, have neither.
    public init(of agent: Agent, in session: Session) {
        guard session.customerID != Customer.guestID else {
            self.init()
            return
        }
        self = agent.memory
        guard let own = session.metadata[Self.member], !own.isNull else { return }
        guard let members = own.object else {
            self.init()
            return
        }
        if let value = members["remember"] { remember = value == true }
        if let value = members["recall"] { recall = value == true }
    }

    /// Whether a session's metadata say that nothing of it is to be remembered, not even what scripts want to.
    public static func isRefused(in session: Session) -> Bool {
        guard let own = session.metadata[member], !own.isNull else { return false }
        guard let members = own.object else { return true }
        return members["remember"].map { $0 != true } ?? false
    }
}
