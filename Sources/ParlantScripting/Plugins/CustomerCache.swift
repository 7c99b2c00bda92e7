import ParlantCore

/// Customers that a plugin's `find` returned lately.
///
/// What is changed while a lookup is under way makes the lookup's result old before it arrives; it is not kept then.
struct CustomerCache {
    /// Customers that are kept at most; the oldest goes first.
    static let capacity = 10_000

    private struct Entry {
        var customer: Customer
        var endsAt: Duration
    }

    private var time: Duration
    private let capacity: Int
    private var entries: OrderedDictionary<CustomerID, Entry> = [:]
    private var changes = 0

    /// - Parameter time: How long each customer is kept; zero: nobody is.
    init(time: Duration, capacity: Int = CustomerCache.capacity) {
        self.time = time
        self.capacity = capacity
    }

    /// Number of customers that are kept, those whose time is over included.
    var count: Int { entries.count }

    /// A customer whose time is not over.
    mutating func customer(_ id: CustomerID, at now: Duration) -> Customer? {
        guard let entry = entries[id] else { return nil }
        if entry.endsAt > now { return entry.customer }
        entries[id] = nil
        return nil
    }

    /// What ``keep(_:found:at:)`` needs to know about the moment at which a lookup begins.
    var lookup: Int { changes }

    /// Keeps what a lookup found, unless something was forgotten since it began.
    mutating func keep(_ customer: Customer, found lookup: Int, at now: Duration) {
        guard time > .zero, lookup == changes else { return }
        entries[customer.id] = nil
        while entries.count >= capacity { entries.removeFirst() }
        entries[customer.id] = Entry(customer: customer, endsAt: now + time)
    }

    /// Forgets everybody, because customers are looked for elsewhere from now on; what a lookup finds that has begun by
    /// now is not kept.
    ///
    /// - Parameter time: How long each customer is kept from now on.
    mutating func renew(time: Duration) {
        self.time = time
        changes += 1
        entries = [:]
    }

    /// Forgets a customer, because it is changed.
    mutating func forget(_ id: CustomerID) {
        changes += 1
        entries[id] = nil
    }
}
