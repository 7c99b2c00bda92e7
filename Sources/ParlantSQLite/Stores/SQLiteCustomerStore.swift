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
            let customer = draft.customer(id, createdAt: try moments.next(database, "customers"))
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
        let list = CreationList(
            table: "customers", filters: query.tags.map(Self.filter) + query.metadata.map(Self.filter),
            moment: query.order == .change ? "updated_at" : "created_at")
        let first = query.beginsWithGuest && query.offset == 0 ? [guest] : []
        let limit = query.page.limit.map { $0 - first.count }
        // The guest is the first of those that are left out.
        let offset = query.offset - (query.beginsWithGuest && query.offset > 0 ? 1 : 0)
        let rows = try await file.read { database in
            try list.page(
                database, after: query.cursorBehindGuest, query.page.direction, limit: limit, offset: offset,
                countsAll: query.countsAll)
        }
        let customers: [Customer] = try file.decode(rows.forms)
        return Page(first + customers, total: rows.total + first.count, hasMore: rows.hasMore, query.order.cursor)
    }

    func update(_ id: CustomerID, _ change: CustomerChange) async throws -> Customer {
        try refuseGuest(id)
        return try await file.write { [moments] database in
            guard let before = try Self.find(id, database) else { throw StoreError.notFound("customer", id) }
            var customer = before
            try change.apply(to: &customer, now: try moments.next(database, "customers"))
            try Self.unindex(before, database)
            try database.cachedStatement(sql: "UPDATE customers SET form = ?, updated_at = ? WHERE id = ?")
                .execute(arguments: [customer.storedText, customer.updatedAt.microseconds, StoredText.encode(id)])
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
        try database.cachedStatement(
            sql: "INSERT INTO customers (id, created_at, updated_at, form) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [
            StoredText.encode(customer.id), customer.createdAt.microseconds, customer.updatedAt.microseconds,
            customer.storedText,
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
            try filter.insert(
                customer.createdAt, StoredText.encode(customer.id), updatedAt: customer.updatedAt, database)
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
