/// How conversations are remembered, and how much of that comes into a turn.
public struct MemoryPolicy: Sendable, Equatable {
    /// How long nobody must have said anything before notes are taken of a conversation.
    public var pause = Duration.seconds(60)
    /// Most tokens of memories in one prompt.
    public var tokens = 300
    /// Most memories of one customer with one agent; the least important and oldest make room.
    public var mostPerCustomer = 1_000
    /// Whether what was said in a session before it was handed from the guest to a customer counts as that customer's.
    public var adoptsGuestSessions = false

    public init() {}

    /// Messages that are read at a time.
    static let mostMessages = 60
    /// Characters that are read at a time, unless one message has more.
    static let mostCharacters = 24_000
    /// Messages before them that are shown as background.
    static let background = 6
    /// Characters of one message that are read.
    static let messageCharacters = 2_000
    /// Notes of earlier conversations that a model is shown, to correct them.
    static let mostKnown = 40
    /// Changes that one reading may bring.
    static let mostChanges = 12
    /// Characters of one memory.
    static let contentCharacters = 500
    /// Entities of one memory.
    static let mostEntities = 8
    /// Characters of one entity.
    static let entityCharacters = 80
    /// Conversations that are read at the same time, so that they do not crowd out turns.
    static let mostAtOnce = 2
    /// How often one conversation is tried in a row; then its next message tries again.
    static let mostAttempts = 5
    /// How often it is noted at most that a memory was looked at.
    static let accessPrecision = Duration.seconds(3600)
}
