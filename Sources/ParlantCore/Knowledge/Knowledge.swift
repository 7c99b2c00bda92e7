/// What is known of customers and agents besides conversations, as it is removed with them.
public struct Knowledge: Sendable {
    public let documents: any EntityStore<Document>
    public let memories: any EntityStore<Memory>

    /// The knowledge that these stores have.
    public init(_ stores: EntityStores) {
        documents = stores.documents
        memories = stores.memories
    }

    /// Removes all documents and memories of a customer. What was removed stays removed when a call breaks off.
    ///
    /// - Returns: How many there were of each.
    /// - Throws: What the stores throw.
    /// - Complexity: O(documents and memories of the customer).
    @discardableResult
    public func deleteAll(of customer: CustomerID) async throws -> (documents: Int, memories: Int) {
        let tag = KnowledgeOwner.customer(customer).tag
        return (try await Self.deleteAll(tag, documents), try await Self.deleteAll(tag, memories))
    }

    /// Whether there is anything of the customer.
    public func isKnown(_ customer: CustomerID) async throws -> Bool {
        let tag = KnowledgeOwner.customer(customer).tag
        if try await !documents.list(anyOf: [tag]).isEmpty { return true }
        return try await !memories.list(anyOf: [tag]).isEmpty
    }

    private static func deleteAll<Entity: StoredEntity>(
        _ tag: TagID, _ store: any EntityStore<Entity>
    ) async throws -> Int {
        var count = 0
        for stored in try await store.list(anyOf: [tag]) {
            do {
                try await store.delete(stored.entity.id)
                count += 1
            } catch let error as StoreError where error.code == .notFound {
                continue
            }
        }
        return count
    }
}
