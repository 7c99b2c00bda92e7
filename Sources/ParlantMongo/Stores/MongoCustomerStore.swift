import ParlantCore
import ParlantStores

/// Customers in MongoDB.
final class MongoCustomerStore: CustomerStore {
    static let customers = DocumentCollection<Customer>(
        name: Collections.customers,
        marks: {
            [
                "_tags": .array($0.tags.map { .string($0.rawValue) }),
                "_metadata": CanonicalJSON.members($0.metadata), "_updated": .integer($0.updatedAt.microseconds),
            ]
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
            let moment = try CreationMoments.next(Collections.customers, now, connection)
            let customer = draft.customer(id, createdAt: moment)
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
        page.cursor = query.cursorBehindGuest
        var filter: BSONDocument = [:]
        for tag in query.tags { filter.require("_tags", .string(tag.rawValue)) }
        for (key, value) in query.metadata { filter.require("_metadata", CanonicalJSON.member(key, value)) }
        let first = query.beginsWithGuest ? guest : nil
        return try await database.run { [page, filter] connection in
            try Self.customers.page(
                filter, page, first: first, by: query.order == .change ? "_updated" : "_created", offset: query.offset,
                countsAll: query.countsAll, connection, cursor: query.order.cursor)
        }
    }

    func update(_ id: CustomerID, _ change: CustomerChange) async throws -> Customer {
        try refuseGuest(id)
        let (now, call) = (database.clock.now, database.ids.entityID())
        return try await database.change(id.rawValue, in: Collections.customers) { connection in
            let customer = try Self.customers.update(id.rawValue, call: call, connection) {
                try change.apply(to: &$0, now: now)
            }
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
