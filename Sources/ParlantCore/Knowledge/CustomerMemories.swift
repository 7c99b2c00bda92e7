/// What is to be remembered of a customer.
public struct MemoryDraft: Sendable, Equatable {
    public var kind: Memory.Kind
    /// One sentence.
    public var content: String
    /// People, places and things that it is about.
    public var entities: [String]
    /// When it was so; nil: now.
    public var moment: Timestamp?
    /// 0 to 1.
    public var importance: Double
    /// -1 (the customer minds) to 1 (the customer is happy about it).
    public var sentiment: Double

    public init(
        _ content: String, kind: Memory.Kind = .fact, entities: [String] = [], moment: Timestamp? = nil,
        importance: Double = 0.5, sentiment: Double = 0
    ) {
        self.content = content
        self.kind = kind
        self.entities = entities
        self.moment = moment
        self.importance = importance
        self.sentiment = sentiment
    }
}

/// A memory that was looked for.
public struct FoundMemory: Sendable, Equatable {
    public var memory: Stored<Memory>
    /// How well it answers what was asked, 0 to 1; 1 where nothing was asked.
    public var score: Double

    public init(_ memory: Stored<Memory>, score: Double) {
        self.memory = memory
        self.score = score
    }
}

/// What one agent remembers of one customer, as functions of scripts reach it. Nobody else's memories can be seen or
/// touched through it.
public protocol CustomerMemories: Sendable {
    /// Memories that have to do with a text, the best first; without a text the newest first. None of the guest.
    ///
    /// - Parameter limit: Most of them, at least 1.
    func search(_ text: String?, limit: Int) async throws -> [FoundMemory]
    /// Remembers something. What is remembered already, word for word, stays one memory, with the new importance.
    ///
    /// - Throws: ``StoreError`` `protected` for the guest, and in a session that is not to be remembered; `tooLarge`
    ///   for a long text; `CancellationError` when the turn is over.
    func remember(_ draft: MemoryDraft) async throws -> Memory
    /// Forgets one memory.
    ///
    /// - Returns: Whether there was one with this id, of this customer and this agent.
    func forget(_ id: MemoryID) async throws -> Bool
}
