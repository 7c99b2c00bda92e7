import ParlantCore

/// Customers as users: without the guest, and with their documents.
struct Users: Sendable {
    private let customers: any CustomerStore
    private let documents: OwnedDocuments
    private let deletion: CustomerDeletion
    private let ids: any IDGenerator

    init(_ services: APIServices) {
        customers = services.customers
        documents = OwnedDocuments(services)
        deletion = CustomerDeletion(services)
        ids = services.ids
    }

    /// Creates a user with documents. The documents come first: whoever sees the user sees them too, and when the server
    /// dies in between nobody sees either.
    ///
    /// - Throws: What the stores throw; then nothing is left.
    func create(_ draft: UserDraft) async throws -> Customer {
        let id = CustomerID(ids.uuid())
        let made = try await documents.create(draft.documents, of: .customer(id))
        let customer: Customer
        do {
            customer = try await customers.create(draft.customer(id))
        } catch {
            await documents.undo(made)
            throw error
        }
        if !made.isEmpty { documents.prepare(.customer(id)) }
        return customer
    }

    /// A user. The guest is everybody that nobody knows, and so no user.
    ///
    /// - Throws: ``StoreError`` `notFound`.
    func read(_ id: CustomerID) async throws -> Customer {
        try refuseGuest(id)
        return try await customers.read(id)
    }

    /// A page of users.
    func list(_ query: CustomerQuery) async throws -> Page<Customer> { try await customers.list(query) }

    /// - Throws: ``StoreError`` `notFound`; `tooLarge` beyond the change's limits.
    func update(_ id: CustomerID, _ change: CustomerChange) async throws -> Customer {
        try refuseGuest(id)
        return try await customers.update(id, change)
    }

    /// Deletes a user with documents and memories.
    ///
    /// - Throws: ``StoreError`` `notFound`.
    func delete(_ id: CustomerID) async throws {
        try await deletion.delete(try await read(id).id, isCascade: false)
    }

    private func refuseGuest(_ id: CustomerID) throws {
        guard id != Customer.guestID else { throw StoreError.notFound("customer", id) }
    }
}
