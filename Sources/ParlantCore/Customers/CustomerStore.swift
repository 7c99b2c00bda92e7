/// What a list of customers is sorted by. Equal moments are sorted by id.
public enum CustomerOrder: Sendable, CaseIterable {
    case creation, change

    /// The moment that counts.
    public func moment(of customer: Customer) -> Timestamp {
        switch self {
        case .creation: customer.createdAt
        case .change: customer.updatedAt
        }
    }

    /// The customer as the end of a page.
    public func cursor(_ customer: Customer) -> PageCursor {
        PageCursor(createdAt: moment(of: customer), id: customer.id.rawValue)
    }
}

/// Which customers a list shows.
public struct CustomerQuery: Sendable {
    /// The greatest offset. More customers there are not, and stores, databases and scripts can add a limit to it.
    public static let mostOffset = 1 << 52

    /// Only customers that have all these tags.
    public var tags: [TagID]
    /// Only customers whose metadata holds all these members: equality of JSON, nested objects included.
    public var metadata: JSONObject
    /// Whether the guest is in the list, too.
    public var includesGuest: Bool
    public var order: CustomerOrder
    /// Customers after the cursor that are left out, at most ``mostOffset``.
    public let offset: Int
    public var page: PageRequest
    /// Whether all that follow the cursor are counted. If not, the total may be the number of those on the page, and a
    /// page costs what it shows.
    public var countsAll: Bool

    /// A query for these customers. An offset beyond ``mostOffset`` counts as that one.
    public init(
        tags: [TagID] = [], metadata: JSONObject = [:], includesGuest: Bool = true, order: CustomerOrder = .creation,
        offset: Int = 0, page: PageRequest = .init(), countsAll: Bool = true
    ) {
        self.tags = tags
        self.metadata = metadata
        self.includesGuest = includesGuest
        self.order = order
        self.offset = min(offset, Self.mostOffset)
        self.page = page
        self.countsAll = countsAll
    }

    /// Whether the customer has all tags and metadata asked for.
    public func matches(_ customer: Customer) -> Bool {
        tags.allSatisfy(customer.tags.contains)
            && metadata.allSatisfy { customer.metadata.value(exactly: $0.key) == $0.value }
    }

    /// Whether the list begins with the guest.
    public var beginsWithGuest: Bool { includesGuest && page.cursor == nil && tags.isEmpty && metadata.isEmpty }

    /// Where the list goes on among those who are not the guest. The guest precedes everybody whatever the direction, so
    /// its cursor means: from the beginning of the others.
    public var cursorBehindGuest: PageCursor? {
        page.cursor?.id == Customer.guestID.rawValue ? nil : page.cursor
    }
}

/// Keeps customers. Every implementation passes `CustomerStoreConformance`.
///
/// The guest is always there: first in each list that it matches, readable, and protected.
public protocol CustomerStore: Sendable {
    /// Creates a customer. Whether its tags exist is the caller's to check.
    ///
    /// - Throws: ``StoreError`` `alreadyExists` when the id is taken (the guest's always is).
    func create(_ draft: CustomerDraft) async throws -> Customer
    /// - Throws: ``StoreError`` `notFound`.
    func read(_ id: CustomerID) async throws -> Customer
    /// A page of customers in the order that is asked for; the guest first whatever the order and direction.
    ///
    /// Whoever pages by change meets customers again who change meanwhile, and misses none who does not.
    func list(_ query: CustomerQuery) async throws -> Page<Customer>
    /// Changes what `change` names, atomically, and returns the customer as it is now.
    ///
    /// - Throws: ``StoreError`` `notFound`, or `protected` for the guest; `tooLarge` when the customer would exceed the
    ///   change's limits, and then nothing is changed.
    func update(_ id: CustomerID, _ change: CustomerChange) async throws -> Customer
    /// Removes the customer and nothing else; sessions keep the id.
    ///
    /// - Throws: ``StoreError`` `notFound`, or `protected` for the guest.
    func delete(_ id: CustomerID) async throws
    /// Refuses what ``delete(_:)`` would refuse whoever the customer is. For those who delete more than the customer, and
    /// must know before they begin. Without an implementation it refuses nothing.
    ///
    /// - Throws: ``StoreError`` `notOffered`, `unavailable`.
    func checkDeletion(of id: CustomerID) throws
}

extension CustomerStore {
    public func checkDeletion(of id: CustomerID) throws {}

    /// The customer, or nil when there is none with this id.
    ///
    /// - Throws: what the store throws, `notFound` apart.
    public func find(_ id: CustomerID) async throws -> Customer? {
        do {
            return try await read(id)
        } catch let error as StoreError where error.code == .notFound {
            return nil
        }
    }
}
