import LuaRuntime
import ParlantCore
import Synchronization

/// The `customer_store` of a plugin: customers stay in whatever service the plugin speaks to. Always that of the
/// generation which is served now.
///
/// The guest is ours: no plugin is asked about it. What `find` returned is kept for the plugin's `cache_seconds`, less
/// when a customer is changed through this store. A customer of another id than the one asked for is an error, so that
/// nobody is ever taken for somebody else.
final class PluginCustomerStore: CustomerStore {
    private let plugin: String
    private let functions: @Sendable () -> PluginFunctions?
    private let clock: any TimeSource
    private let tags: CustomerTags
    private let guest: Customer
    private let cache: Mutex<(generation: Int, cache: CustomerCache)>
    private let changes = KeyedMutex<CustomerID>()

    init(
        _ plugin: String, tags: (any TagStore)?, clock: any TimeSource,
        functions: @escaping @Sendable () -> PluginFunctions?
    ) {
        self.plugin = plugin
        self.functions = functions
        self.clock = clock
        self.tags = CustomerTags(store: tags)
        guest = .guest(createdAt: clock.now)
        cache = Mutex((0, CustomerCache(time: .zero)))
    }

    func create(_ draft: CustomerDraft) async throws -> Customer {
        let name = draft.id?.rawValue ?? draft.name
        if draft.id == Customer.guestID { throw StoreError.alreadyExists("customer", Customer.guestID) }
        let functions = try offered("create", name)
        let argument = CustomerRecord.draft(try await tags.outward(draft))
        let customer = try await call("create", name, [argument], functions) { value in
            try CustomerRecord.read(value, from: "create")
        }
        if let id = draft.id { try check(customer, is: id, "create", functions) }
        forget(customer.id)
        return try await tags.inward(customer)
    }

    func read(_ id: CustomerID) async throws -> Customer {
        if id == Customer.guestID { return guest }
        let functions = try offered("find", id.rawValue)
        let (known, lookup) = cache.withLock { state -> (Customer?, Int) in
            refresh(&state, functions)
            return (state.cache.customer(id, at: clock.uptime), state.cache.lookup)
        }
        if let known { return known }
        let found = try await call("find", id.rawValue, [.string(id.rawValue)], functions) { value in
            value.isAbsent || value == .null ? nil : try CustomerRecord.read(value, from: "find")
        }
        guard var found else { throw StoreError.notFound("customer", id) }
        try check(found, is: id, "find", functions)
        found = try await tags.inward(found)
        let customer = found
        cache.withLock { $0.cache.keep(customer, found: lookup, at: clock.uptime) }
        return customer
    }

    /// The plugin pages; the guest is put before the first page that it matches.
    func list(_ query: CustomerQuery) async throws -> Page<Customer> {
        let functions = try offered("list", "")
        let guests = query.beginsWithGuest ? [guest] : []
        // A page of one that the guest fills asks for one more all the same: only the plugin knows how many follow. What is
        // left out is asked for too, so that plugins need to know cursors alone.
        let limit = query.page.limit.map { max(1, query.offset + $0 - guests.count) }
        let argument = CustomerRecord.query(
            try await tags.outward(query), after: query.cursorBehindGuest, limit: limit)
        let (found, total) = try await call("list", "", [argument], functions) { value in
            try CustomerRecord.readPage(value, limit: limit)
        }
        var others: [Customer] = []
        for customer in found { others.append(try await tags.inward(customer)) }
        let items = Array((guests + others).dropFirst(query.offset).prefix(query.page.limit ?? Int.max))
        // The total is the plugin's word, be it the greatest number there is.
        let count = max(min(total, Int.max - guests.count) + guests.count - query.offset, 0)
        let hasMore = count > items.count
        let next = hasMore ? items.last.map(query.order.cursor) : nil
        return Page(items: items, totalCount: count, hasMore: next != nil, nextCursor: next)
    }

    /// The plugin knows no limits, so those of the change are held against what `find` returned. Changes of a customer
    /// come one after the other; what others than this server change at the same time may pass with them.
    func update(_ id: CustomerID, _ change: CustomerChange) async throws -> Customer {
        try refuseGuest(id)
        let functions = try offered("update", id.rawValue)
        return try await changes.exclusively(id) {
            if change.limits != nil {
                var customer = try await read(id)
                try change.apply(to: &customer, now: clock.now)
            }
            return try await update(id, change, functions)
        }
    }

    private func update(
        _ id: CustomerID, _ change: CustomerChange, _ functions: PluginFunctions
    ) async throws -> Customer {
        forget(id)
        defer { forget(id) }
        let arguments = [LuaValue.string(id.rawValue), CustomerRecord.change(try await tags.outward(change))]
        let customer = try await call("update", id.rawValue, arguments, functions) { value in
            value.isAbsent ? nil : try CustomerRecord.read(value, from: "update")
        }
        guard let customer else { throw StoreError.notFound("customer", id) }
        try check(customer, is: id, "update", functions)
        return try await tags.inward(customer)
    }

    func delete(_ id: CustomerID) async throws {
        try refuseGuest(id)
        // Also when the plugin cannot delete: memory shall not keep what its service may have deleted.
        forget(id)
        let functions = try offered("delete", id.rawValue)
        defer { forget(id) }
        let isDeleted = try await call("delete", id.rawValue, [.string(id.rawValue)], functions) { value in
            value.flag ?? !value.isAbsent
        }
        guard isDeleted else { throw StoreError.notFound("customer", id) }
    }

    func checkDeletion(of id: CustomerID) throws { _ = try offered("delete", id.rawValue) }

    // MARK: Calls

    /// The plugin's functions, if this one is among them.
    private func offered(_ function: String, _ id: String) throws -> PluginFunctions {
        guard let functions = functions(), functions.contents?.customerStore != nil else {
            throw StoreError(.unavailable, entity: "customer", id: id, message: PluginWording.gone(plugin))
        }
        guard functions.has("customer_store \(function)") else {
            throw StoreError(
                .notOffered, entity: "customer", id: id,
                message: "the customers are kept by the plugin '\(plugin)', which has no '\(function)'; "
                    + "do it in the service that it speaks to")
        }
        return functions
    }

    private func call<Value>(
        _ function: String, _ id: String, _ arguments: [LuaValue], _ functions: PluginFunctions,
        _ read: (LuaValue) throws -> Value
    ) async throws -> Value {
        let field = "customer_store \(function)"
        do {
            let value = try await functions.call(field, .customerStore, arguments)
            do {
                return try read(value)
            } catch let problem as PluginResultProblem {
                throw functions.defect(field, problem.message)
            }
        } catch let error as PluginRefusal {
            switch error.kind {
            case "not_found": throw StoreError.notFound("customer", id)
            case "already_exists": throw StoreError.alreadyExists("customer", id)
            default: throw unavailable(id, error)
            }
        } catch let error as PluginDefect {
            throw unavailable(id, error)
        }
    }

    private func unavailable(_ id: String, _ cause: any Error) -> StoreError {
        StoreError(
            .unavailable, entity: "customer", id: id,
            message: "the customers, which the plugin '\(plugin)' keeps, cannot be reached; try again later",
            cause: cause)
    }

    private func check(
        _ customer: Customer, is id: CustomerID, _ function: String, _ functions: PluginFunctions
    ) throws {
        guard customer.id != id else { return }
        let text = PluginWording.otherCustomer(function, id.rawValue, customer.id.rawValue)
        throw unavailable(id.rawValue, functions.defect("customer_store \(function)", text))
    }

    private func refuseGuest(_ id: CustomerID) throws {
        guard id != Customer.guestID else {
            throw StoreError(
                .protected, entity: "customer", id: id.rawValue,
                message: "the guest is built in and cannot be changed or deleted; create a customer instead")
        }
    }

    // MARK: Cache

    private func forget(_ id: CustomerID) { cache.withLock { $0.cache.forget(id) } }

    /// A new generation may look elsewhere, so it begins with nothing.
    private func refresh(_ state: inout (generation: Int, cache: CustomerCache), _ functions: PluginFunctions) {
        guard state.generation != functions.generation.number else { return }
        state.generation = functions.generation.number
        state.cache.renew(time: functions.contents?.customerStore?.cache ?? .zero)
    }
}
