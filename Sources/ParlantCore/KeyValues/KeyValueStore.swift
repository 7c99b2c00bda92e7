/// Whose entries they are. What belongs to one is invisible to all others.
public enum KeyValueScope: Hashable, Sendable, CustomStringConvertible {
    case session(SessionID)
    case customer(CustomerID)
    case agent(AgentID)

    /// For errors: `session 's1'`.
    public var description: String {
        switch self {
        case .session(let id): "session '\(id)'"
        case .customer(let id): "customer '\(id)'"
        case .agent(let id): "agent '\(id)'"
        }
    }
}

/// Keeps small values of scripts under keys, for one session, customer or agent. Every implementation passes
/// `KeyValueStoreConformance`.
///
/// Each call is atomic, whichever tasks call at the same time. An entry with a lifetime is gone when the store's clock
/// has moved on by that much: it is neither read nor counted any more. Whether a session, customer or agent exists is
/// the caller's to know; whoever deletes one calls ``deleteAll(in:)``.
public protocol KeyValueStore: Sendable {
    /// The value of a key; nil when there is none.
    func read(_ key: String, in scope: KeyValueScope) async throws -> JSONValue?
    /// Gives a key a value, whether or not it has one. The lifetime begins anew; nil: for ever.
    ///
    /// - Throws: ``StoreError`` `tooLarge` when the key, the value or the scope exceeds ``KeyValueLimits``.
    func set(_ key: String, to value: JSONValue, in scope: KeyValueScope, lifetime: Duration?) async throws
    /// Gives a key a value if it has none. Of many calls at once, one gets true.
    ///
    /// - Returns: Whether it had none.
    /// - Throws: As ``set(_:to:in:lifetime:)``.
    func add(_ key: String, _ value: JSONValue, in scope: KeyValueScope, lifetime: Duration?) async throws -> Bool
    /// Adds to the whole number of a key, which is 0 when there is none. A lifetime that runs goes on.
    ///
    /// - Returns: The new number.
    /// - Throws: ``StoreError`` `mismatch` when the value is no whole number, or the sum has more than 64 bits;
    ///   `tooLarge` as ``set(_:to:in:lifetime:)``.
    func increment(_ key: String, by amount: Int64, in scope: KeyValueScope) async throws -> Int64
    /// Removes an entry; nothing there is fine.
    func delete(_ key: String, in scope: KeyValueScope) async throws
    /// All entries of a scope that are there now, by key: UTF-8, byte by byte.
    ///
    /// - Complexity: O(entries of the scope), which ``KeyValueLimits`` bound.
    func entries(in scope: KeyValueScope) async throws -> [KeyValueEntry]
    /// Removes all entries of a scope.
    func deleteAll(in scope: KeyValueScope) async throws
}
