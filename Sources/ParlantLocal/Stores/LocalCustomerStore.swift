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
            let customer = draft.customer(id, createdAt: table.nextMoment(folder.clock.now))
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

    /// - Complexity: O(page) for all customers by creation, else O(customers with the rarest tag or member that is asked
    ///   for), and to sort them when the order is another or some are left out.
    func list(_ query: CustomerQuery) async throws -> Page<Customer> {
        let traits =
            query.tags.map { RowTrait("tag", $0.rawValue) } + query.metadata.map { RowTrait(member: $0.key, $0.value) }
        return try await folder.read { contents in
            guard query.order == .creation, query.offset == 0 else {
                return query.page(of: contents.customers.rows(traits), guest)
            }
            return contents.customers.page(
                query.page, after: query.cursorBehindGuest, first: query.beginsWithGuest ? guest : nil, traits: traits,
                query.matches)
        }
    }

    func update(_ id: CustomerID, _ change: CustomerChange) async throws -> Customer {
        try refuseGuest(id)
        return try await folder.write { [table, folder] changes in
            guard var customer = table.row(id.rawValue) else { throw StoreError.notFound("customer", id) }
            try change.apply(to: &customer, now: table.nextMoment(folder.clock.now))
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
