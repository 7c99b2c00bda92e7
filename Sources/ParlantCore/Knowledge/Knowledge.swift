/// What is known of customers and agents besides conversations, as it is removed with them.
public struct Knowledge: Sendable {
    public let documents: any EntityStore<Document>
    public let memories: any EntityStore<Memory>

    /// The knowledge that these stores have.
    public init(_ stores: EntityStores) {
        documents = stores.documents
        memories = stores.memories
    }

    /// Removes all documents and memories of a customer, or of an agent whomever they are about. What was removed stays
    /// removed when a call breaks off.
    ///
    /// - Returns: How many there were of each.
    /// - Throws: What the stores throw.
    /// - Complexity: O(documents and memories of the owner).
    @discardableResult
    public func deleteAll(of owner: KnowledgeOwner) async throws -> (documents: Int, memories: Int) {
        (try await documents.deleteAll(with: owner.tag), try await memories.deleteAll(with: owner.tag))
    }

    /// Whether there is anything of the customer.
    public func isKnown(_ customer: CustomerID) async throws -> Bool {
        let tag = KnowledgeOwner.customer(customer).tag
        if try await !documents.list(anyOf: [tag]).isEmpty { return true }
        return try await !memories.list(anyOf: [tag]).isEmpty
    }
}
