/// Which customers a list shows.
public struct CustomerQuery: Sendable {
    /// Only customers that have all these tags.
    public var tags: [TagID]
    /// Only customers whose metadata holds all these members: equality of JSON, nested objects included.
    public var metadata: JSONObject
    public var page: PageRequest

    public init(tags: [TagID] = [], metadata: JSONObject = [:], page: PageRequest = .init()) {
        self.tags = tags
        self.metadata = metadata
        self.page = page
    }
}

/// Keeps customers. Every implementation passes `CustomerStoreConformance`.
///
/// The guest is always there: first in each list that it matches, readable, and protected.
public protocol CustomerStore: Sendable {
    /// Creates a customer. Whether its tags exist is the caller's to check.
    ///
    /// - Throws: ``StoreError`` `alreadyExists` when the id is taken (the guest's always is).
    func create(_ draft: CustomerDraft) async throws -> Customer
    /// - Throws: ``StoreError`` `notFound`.
    func read(_ id: CustomerID) async throws -> Customer
    /// A page of customers by time of creation, then id; the guest first whatever the direction.
    func list(_ query: CustomerQuery) async throws -> Page<Customer>
    /// Changes what `change` names, atomically, and returns the customer as it is now.
    ///
    /// - Throws: ``StoreError`` `notFound`, or `protected` for the guest.
    func update(_ id: CustomerID, _ change: CustomerChange) async throws -> Customer
    /// Removes the customer and nothing else; sessions keep the id.
    ///
    /// - Throws: ``StoreError`` `notFound`, or `protected` for the guest.
    func delete(_ id: CustomerID) async throws
}
