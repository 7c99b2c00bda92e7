import ParlantCore
import ParlantStores

/// Customers in a folder.
struct LocalCustomerStore: CustomerStore {
    private let folder: StoreFolder
    private let guest: Customer

    init(_ folder: StoreFolder) {
        self.folder = folder
        guest = .guest(createdAt: folder.madeAt)
    }

    private var table: Table<Customer> { folder.contents.customers }

    func create(_ draft: CustomerDraft) async throws -> Customer {
        let id = draft.id ?? CustomerID(folder.ids.entityID())
        return try await folder.write { [table, folder] changes in
            guard id != Customer.guestID, table.row(id.rawValue) == nil else {
                throw StoreError.alreadyExists("customer", id)
            }
            let customer = Customer(
                id: id, createdAt: table.nextMoment(folder.clock.now), name: draft.name, metadata: draft.metadata,
                tags: draft.tags)
            changes.add(table.put(customer))
            return customer
        }
    }

    func read(_ id: CustomerID) async throws -> Customer {
        try await folder.read { contents in
            if id == Customer.guestID { return guest }
            guard let customer = contents.customers.published(id.rawValue) else {
                throw StoreError.notFound("customer", id)
            }
            return customer
        }
    }

    /// - Complexity: O(page) without filters, else O(customers with the rarest tag or member that is asked for).
    func list(_ query: CustomerQuery) async throws -> Page<Customer> {
        let cursor = query.page.cursor
        // The guest precedes everybody whatever the direction, so its cursor means: from the beginning of the others.
        let isAfterGuest = cursor?.id == Customer.guestID.rawValue
        let first = cursor == nil && query.matches(guest) ? guest : nil
        return try await folder.read { contents in
            contents.customers.page(
                query.page, after: isAfterGuest ? nil : cursor, first: first,
                traits: query.tags.map { RowTrait("tag", $0.rawValue) }
                    + query.metadata.map { RowTrait(member: $0.key, $0.value) }, query.matches)
        }
    }

    func update(_ id: CustomerID, _ change: CustomerChange) async throws -> Customer {
        try refuseGuest(id)
        return try await folder.write { [table] changes in
            guard var customer = table.row(id.rawValue) else { throw StoreError.notFound("customer", id) }
            change.apply(to: &customer)
            changes.add(table.put(customer))
            return customer
        }
    }

    func delete(_ id: CustomerID) async throws {
        try refuseGuest(id)
        try await folder.write { [table] changes in
            guard table.row(id.rawValue) != nil else { throw StoreError.notFound("customer", id) }
            changes.add(table.remove(id.rawValue))
        }
    }

    private func refuseGuest(_ id: CustomerID) throws {
        guard id != Customer.guestID else {
            throw StoreError(
                .protected, entity: "customer", id: id.rawValue,
                message: "the guest is built in and cannot be changed or deleted; create a customer instead")
        }
    }
}

extension CustomerQuery {
    /// Whether the customer has all tags and metadata asked for.
    fileprivate func matches(_ customer: Customer) -> Bool {
        tags.allSatisfy(customer.tags.contains) && metadata.allSatisfy { customer.metadata[$0.key] == $0.value }
    }
}
