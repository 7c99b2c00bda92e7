import ParlantCore
import ParlantStores

/// Customers in MongoDB.
final class MongoCustomerStore: CustomerStore {
    static let customers = DocumentCollection<Customer>(
        name: Collections.customers,
        marks: {
            ["_tags": .array($0.tags.map { .string($0.rawValue) }), "_metadata": CanonicalJSON.members($0.metadata)]
        }, createdAt: \.createdAt)

    let database: MongoDatabase
    private let guest: Customer

    /// - Parameter began: When the first node opened this database.
    init(_ database: MongoDatabase, began: Timestamp) {
        self.database = database
        guest = .guest(createdAt: began)
    }

    func create(_ draft: CustomerDraft) async throws -> Customer {
        let id = draft.id ?? CustomerID(database.ids.entityID())
        guard id != Customer.guestID else { throw StoreError.alreadyExists("customer", id) }
        let (now, call) = (database.clock.now, database.ids.entityID())
        return try await database.run { connection in
            let customer = Customer(
                id: id, createdAt: try CreationMoments.next(Collections.customers, now, connection), name: draft.name,
                metadata: draft.metadata, tags: draft.tags)
            guard let kept = try Self.customers.insert(customer, id.rawValue, call: call, connection) else {
                throw StoreError.alreadyExists("customer", id)
            }
            return kept
        }
    }

    func read(_ id: CustomerID) async throws -> Customer {
        if id == Customer.guestID { return guest }
        return try await database.run { connection in
            guard let customer = try Self.customers.find(id.rawValue, connection)?.item else {
                throw StoreError.notFound("customer", id)
            }
            return customer
        }
    }

    func list(_ query: CustomerQuery) async throws -> Page<Customer> {
        var page = query.page
        // The guest precedes everybody whatever the direction, so its cursor means: from the beginning of the others.
        let isFirst = page.cursor == nil
        if page.cursor?.id == Customer.guestID.rawValue { page.cursor = nil }
        var filter: BSONDocument = [:]
        for tag in query.tags { filter.require("_tags", .string(tag.rawValue)) }
        for (key, value) in query.metadata { filter.require("_metadata", CanonicalJSON.member(key, value)) }
        // It has neither tags nor metadata.
        let first = isFirst && filter.isEmpty ? guest : nil
        return try await database.run { [page, filter] connection in
            try Self.customers.page(filter, page, first: first, connection) {
                PageCursor(createdAt: $0.createdAt, id: $0.id.rawValue)
            }
        }
    }

    func update(_ id: CustomerID, _ change: CustomerChange) async throws -> Customer {
        try refuseGuest(id)
        let call = database.ids.entityID()
        return try await database.run { connection in
            let customer = try Self.customers.update(id.rawValue, call: call, connection) { change.apply(to: &$0) }
            guard let customer else { throw StoreError.notFound("customer", id) }
            return customer
        }
    }

    func delete(_ id: CustomerID) async throws {
        try refuseGuest(id)
        try await database.run { connection in
            guard try Self.customers.delete(id.rawValue, connection) else { throw StoreError.notFound("customer", id) }
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
