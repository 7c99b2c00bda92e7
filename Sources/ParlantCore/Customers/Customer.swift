public import OrderedCollections

/// Anyone who talks to an agent: a person, a bot, or somebody unknown (``guestID``).
public struct Customer: Sendable, Equatable {
    /// The customer of everybody who is not registered. Built in: cannot be changed or deleted.
    public static let guestID: CustomerID = "guest"

    public var id: CustomerID
    public var createdAt: Timestamp
    /// What people call them, 1 to 100 characters.
    public var name: String
    /// Whatever the integrator wants to keep with them. Values may be any JSON.
    public var metadata: JSONObject
    /// Groups that the customer belongs to, in the order in which they were added.
    public var tags: OrderedSet<TagID>

    public init(
        id: CustomerID, createdAt: Timestamp, name: String, metadata: JSONObject = [:], tags: OrderedSet<TagID> = []
    ) {
        self.id = id
        self.createdAt = createdAt
        self.name = name
        self.metadata = metadata
        self.tags = tags
    }

    /// Whether this is the built-in customer of everybody who is not registered.
    public var isGuest: Bool { id == Self.guestID }

    /// The built-in guest, as a store that began at `createdAt` shows it.
    public static func guest(createdAt: Timestamp) -> Customer {
        Customer(id: guestID, createdAt: createdAt, name: "Guest")
    }
}

/// A customer to be created.
public struct CustomerDraft: Sendable {
    /// The integrator's own id; nil: the store makes one.
    public var id: CustomerID?
    public var name: String
    public var metadata: JSONObject
    public var tags: OrderedSet<TagID>

    public init(id: CustomerID? = nil, name: String, metadata: JSONObject = [:], tags: OrderedSet<TagID> = []) {
        self.id = id
        self.name = name
        self.metadata = metadata
        self.tags = tags
    }
}

/// What an update changes; what is not given stays as it was.
public struct CustomerChange: Sendable {
    public var name: String?
    public var metadata: MetadataChange
    public var tags: TagsChange

    public init(name: String? = nil, metadata: MetadataChange = .init(), tags: TagsChange = .init()) {
        self.name = name
        self.metadata = metadata
        self.tags = tags
    }

    /// Applies the change: tags that are added before tags that are removed, `set` before `unset`.
    public func apply(to customer: inout Customer) {
        if let name { customer.name = name }
        metadata.apply(to: &customer.metadata)
        tags.apply(to: &customer.tags)
    }
}

/// Keys of a metadata object that are set and removed, in this order. Merges the top level only.
public struct MetadataChange: Sendable {
    public var set: JSONObject
    public var unset: [String]

    public init(set: JSONObject = [:], unset: [String] = []) {
        self.set = set
        self.unset = unset
    }

    /// Keys in `unset` that are not there are ignored.
    public func apply(to metadata: inout JSONObject) {
        for (key, value) in set { metadata[key] = value }
        for key in unset { metadata.removeValue(forKey: key) }
    }
}

/// Tags that are replaced, added and removed, in this order.
public struct TagsChange: Sendable {
    /// When given, the tags afterwards are these, before `add` and `remove` are looked at.
    public var replacement: OrderedSet<TagID>?
    public var add: [TagID]
    public var remove: [TagID]

    public init(replacement: OrderedSet<TagID>? = nil, add: [TagID] = [], remove: [TagID] = []) {
        self.replacement = replacement
        self.add = add
        self.remove = remove
    }

    public func apply(to tags: inout OrderedSet<TagID>) {
        if let replacement { tags = replacement }
        tags.append(contentsOf: add)
        for tag in remove { tags.remove(tag) }
    }
}
