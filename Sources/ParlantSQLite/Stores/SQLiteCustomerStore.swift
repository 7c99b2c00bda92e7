import GRDB
import OrderedCollections
import ParlantCore
import ParlantStores

/// Customers in a SQLite file. The guest is in no table: it never changes.
struct SQLiteCustomerStore: CustomerStore {
    let file: StoreFile
    let moments: CreationMoments
    let cache = EntityCache<Customer>()
    private let ids: any IDGenerator
    private let guest: Customer

    init(_ file: StoreFile, _ moments: CreationMoments, _ ids: any IDGenerator) {
        self.file = file
        self.moments = moments
        self.ids = ids
        guest = .guest(createdAt: file.madeAt)
    }

    func create(_ draft: CustomerDraft) async throws -> Customer {
        let id = draft.id ?? CustomerID(ids.entityID())
        guard id != Customer.guestID else { throw StoreError.alreadyExists("customer", id) }
        return try await file.write { [moments] database in
            guard try Self.find(id, database) == nil else { throw StoreError.alreadyExists("customer", id) }
            let customer = Customer(
                id: id, createdAt: try moments.next(database, "customers"), name: draft.name,
                metadata: draft.metadata, tags: draft.tags)
            try Self.insert(customer, database)
            return customer
        } committed: { [cache] in
            cache.wrote($0, for: $0.id)
        }
    }

    /// - Complexity: O(1) for a customer who was used lately.
    func read(_ id: CustomerID) async throws -> Customer {
        if id == Customer.guestID { return guest }
        if !file.isClosed, let customer = cache.find(id) { return customer }
        let mark = cache.mark
        guard let customer = try await file.read({ try Self.find(id, $0) }) else {
            throw StoreError.notFound("customer", id)
        }
        cache.keep(customer, for: id, since: mark)
        return customer
    }

    func list(_ query: CustomerQuery) async throws -> Page<Customer> {
        let cursor = query.page.cursor
        // The guest precedes everybody whatever the direction, so its cursor means: from the beginning of the others.
        let isAfterGuest = cursor?.id == Customer.guestID.rawValue
        let showsGuest = cursor == nil && query.tags.isEmpty && query.metadata.isEmpty
        let list = CreationList(
            table: "customers",
            filters: query.tags.map(Self.filter) + query.metadata.map(Self.filter))
        let limit = query.page.limit.map { $0 - (showsGuest ? 1 : 0) }
        let rows = try await file.read { database in
            try list.page(database, after: isAfterGuest ? nil : cursor, query.page.direction, limit: limit)
        }
        let customers = try rows.forms.map { try Customer(storedBytes: $0.utf8) }
        return Page((showsGuest ? [guest] : []) + customers, total: rows.total + (showsGuest ? 1 : 0)) {
            PageCursor(createdAt: $0.createdAt, id: $0.id.rawValue)
        }
    }

    func update(_ id: CustomerID, _ change: CustomerChange) async throws -> Customer {
        try refuseGuest(id)
        return try await file.write { database in
            guard var customer = try Self.find(id, database) else { throw StoreError.notFound("customer", id) }
            try Self.unindex(customer, database)
            change.apply(to: &customer)
            try database.cachedStatement(sql: "UPDATE customers SET form = ? WHERE id = ?")
                .execute(arguments: [customer.storedText, StoredText.encode(id)])
            try Self.index(customer, database)
            return customer
        } committed: { [cache] in
            cache.wrote($0, for: $0.id)
        }
    }

    func delete(_ id: CustomerID) async throws {
        try refuseGuest(id)
        try await file.write { database in
            guard let customer = try Self.find(id, database) else { throw StoreError.notFound("customer", id) }
            try Self.remove(customer, database)
        } committed: { [cache] in
            cache.removed([id])
        }
    }

    static func insert(_ customer: Customer, _ database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO customers (id, created_at, form) VALUES (?, ?, ?)")
            .execute(arguments: [
                StoredText.encode(customer.id), customer.createdAt.microseconds, customer.storedText,
            ])
        try index(customer, database)
    }

    static func remove(_ customer: Customer, _ database: Database) throws {
        try unindex(customer, database)
        try database.cachedStatement(sql: "DELETE FROM customers WHERE id = ?")
            .execute(arguments: [StoredText.encode(customer.id)])
    }

    static func find(_ id: CustomerID, _ database: Database) throws -> Customer? {
        let statement = try database.cachedStatement(sql: "SELECT form FROM customers WHERE id = ?")
        let form = try String.fetchOne(statement, arguments: [StoredText.encode(id)])
        return try form.map { try Customer(storedBytes: $0.utf8) }
    }

    private static func filter(_ tag: TagID) -> CreationList.Filter {
        .init(table: "customer_tags", values: [("tag", StoredText.encode(tag))])
    }

    private static func filter(_ key: String, _ value: JSONValue) -> CreationList.Filter {
        .init(
            table: "customer_metadata", values: [("key", StoredText.encode(key)), ("value", value.canonicalText)])
    }

    private static func filters(of customer: Customer) -> [CreationList.Filter] {
        customer.tags.map(filter) + customer.metadata.map(filter)
    }

    private static func index(_ customer: Customer, _ database: Database) throws {
        for filter in filters(of: customer) {
            try filter.insert(customer.createdAt, StoredText.encode(customer.id), database)
        }
    }

    private static func unindex(_ customer: Customer, _ database: Database) throws {
        for filter in filters(of: customer) {
            try filter.delete(customer.createdAt, StoredText.encode(customer.id), database)
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
