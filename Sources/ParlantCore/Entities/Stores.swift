/// One store for each thing that a server keeps.
public struct Stores: Sendable {
    public var customers: any CustomerStore
    public var tags: any TagStore
    public var sessions: any SessionStore
    public var keyValues: any KeyValueStore
    public var explanations: any ExplanationStore
    /// What clients create over REST, values of variables included.
    public var entities: EntityStores
    /// What other servers do with the same stores; nil where there can be none.
    public var node: SharedNode?

    public init(
        customers: any CustomerStore, tags: any TagStore, sessions: any SessionStore, keyValues: any KeyValueStore,
        explanations: any ExplanationStore, entities: EntityStores, node: SharedNode? = nil
    ) {
        self.customers = customers
        self.tags = tags
        self.sessions = sessions
        self.keyValues = keyValues
        self.explanations = explanations
        self.entities = entities
        self.node = node
    }
}

/// Where stores keep what they are given: memory, a file, a server. Open until it is closed.
public protocol StoreBackend: Sendable {
    /// All stores. Parts of them may be used without the others.
    var stores: Stores { get }
    /// The same things as records, to be moved from one place to another while nobody else uses either.
    var records: StoreRecords { get }
    /// Overwrites what was deleted wherever the place still has it: in free space, in logs of changes, in temporary
    /// files. Returns when no byte of what was deleted before the call can be read there; what the place says that it
    /// cannot reach is left.
    ///
    /// - Returns: What nobody has deleted and is gone too, because it could not be told apart: sentences for people.
    ///   Mostly nothing.
    /// - Throws: ``StoreError`` `unavailable` when somebody else holds the place; call it again then.
    @discardableResult
    func scrub() async throws -> [String]
    /// How the place is reached now; nil where it is in this process or on its disk.
    var health: StoreHealth? { get }
    /// Finishes what has begun, then lets go of files, locks and connections. Calls on the stores that come later throw
    /// ``StoreError`` `unavailable`. A second call does nothing.
    func close() async throws
}

extension StoreBackend {
    public var health: StoreHealth? { nil }
}
