public import ParlantCore
import Synchronization

/// Customers in memory, gone with the process. The reference for every other customer store.
///
/// All calls are safe from any task; each holds one lock for as long as it computes.
public final class MemoryCustomerStore: CustomerStore {
    struct State {
        var customers: [CustomerID: Customer] = [:]
        var index = CreationIndex()
    }

    let state = Mutex(State())
    private let guest: Customer
    private let clock: any TimeSource
    private let ids: any IDGenerator

    /// A store that holds the guest and nobody else.
    ///
    /// - Parameters:
    ///   - clock: Says when customers are created. Times strictly increase, even when the clock does not.
    ///   - ids: Makes the ids of customers that come without one.
    public init(clock: any TimeSource, ids: any IDGenerator) {
        self.clock = clock
        self.ids = ids
        let now = state.withLock { $0.index.nextMoment(clock.now) }
        guest = .guest(createdAt: now)
    }

    public func create(_ draft: CustomerDraft) async throws -> Customer {
        let id = draft.id ?? CustomerID(ids.entityID())
        return try state.withLock { state in
            guard id != Customer.guestID, state.customers[id] == nil else {
                throw StoreError.alreadyExists("customer", id)
            }
            let now = state.index.nextMoment(clock.now)
            let customer = draft.customer(id, createdAt: now)
            state.customers[id] = customer
            state.index.append(id.rawValue, at: now)
            return customer
        }
    }

    public func read(_ id: CustomerID) async throws -> Customer {
        if id == Customer.guestID { return guest }
        guard let customer = state.withLock({ $0.customers[id] }) else { throw StoreError.notFound("customer", id) }
        return customer
    }

    /// - Complexity: O(page) for all customers by creation, else O(customers).
    public func list(_ query: CustomerQuery) async throws -> Page<Customer> {
        state.withLock { state in
            guard query.order == .creation, query.offset == 0 else {
                return query.page(of: state.customers.values, guest)
            }
            let isFiltered = !query.tags.isEmpty || !query.metadata.isEmpty
            return state.index.following(query.cursorBehindGuest, query.page.direction).page(
                limit: query.page.limit, first: query.beginsWithGuest ? guest : nil, countsAll: !isFiltered,
                cursor: query.order.cursor, read: { state.customers[CustomerID($0)] }, matches: query.matches)
        }
    }

    public func update(_ id: CustomerID, _ change: CustomerChange) async throws -> Customer {
        try refuseGuest(id)
        return try state.withLock { state in
            guard var customer = state.customers[id] else { throw StoreError.notFound("customer", id) }
            try change.apply(to: &customer, now: state.index.nextMoment(clock.now))
            state.customers[id] = customer
            return customer
        }
    }

    public func delete(_ id: CustomerID) async throws {
        try refuseGuest(id)
        try state.withLock { state in
            guard let customer = state.customers.removeValue(forKey: id) else {
                throw StoreError.notFound("customer", id)
            }
            state.index.remove(id.rawValue, at: customer.createdAt)
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
