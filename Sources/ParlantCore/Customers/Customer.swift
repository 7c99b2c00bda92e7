public import OrderedCollections

/// Anyone who talks to an agent: a person, a bot, or somebody unknown (``guestID``).
public struct Customer: Sendable, Equatable {
    /// The customer of everybody who is not registered. Built in: cannot be changed or deleted.
    public static let guestID: CustomerID = "guest"

    public var id: CustomerID
    public var createdAt: Timestamp
    /// When something of the customer last changed; when it was created, to begin with.
    public var updatedAt: Timestamp
    /// What people call them, 1 to 100 characters.
    public var name: String
    /// Who this is, in words for the agent to read; nil: nothing is known.
    public var about: String?
    /// Whatever the integrator wants to keep with them. Values may be any JSON.
    public var metadata: JSONObject
    /// Groups that the customer belongs to, in the order in which they were added.
    public var tags: OrderedSet<TagID>

    /// - Parameter updatedAt: Nil: never changed.
    public init(
        id: CustomerID, createdAt: Timestamp, updatedAt: Timestamp? = nil, name: String, about: String? = nil,
        metadata: JSONObject = [:], tags: OrderedSet<TagID> = []
    ) {
        self.id = id
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
        self.name = name
        self.about = about
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

extension Customer {
    /// Whether texts and keys that look the same as those of another have the same bytes, too.
    fileprivate func isSpelled(as other: Customer) -> Bool {
        name.hasSameBytes(as: other.name) && (about ?? "").hasSameBytes(as: other.about ?? "")
            && metadata.keys.elementsEqual(other.metadata.keys) { $0.hasSameBytes(as: $1) }
    }
}

/// A customer to be created.
public struct CustomerDraft: Sendable {
    /// The integrator's own id; nil: the store makes one.
    public var id: CustomerID?
    public var name: String
    public var about: String?
    public var metadata: JSONObject
    public var tags: OrderedSet<TagID>

    public init(
        id: CustomerID? = nil, name: String, about: String? = nil, metadata: JSONObject = [:],
        tags: OrderedSet<TagID> = []
    ) {
        self.id = id
        self.name = name
        self.about = about
        self.metadata = metadata
        self.tags = tags
    }

    /// The customer that becomes of the draft.
    public func customer(_ id: CustomerID, createdAt: Timestamp) -> Customer {
        Customer(id: id, createdAt: createdAt, name: name, about: about, metadata: metadata, tags: tags)
    }
}

/// What an update changes; what is not given stays as it was.
public struct CustomerChange: Sendable {
    public var name: String?
    public var about: TextChange?
    public var metadata: MetadataChange
    public var tags: TagsChange
    /// What the customer's metadata may become by this change; nil: anything.
    public var limits: MetadataLimits?

    public init(
        name: String? = nil, about: TextChange? = nil, metadata: MetadataChange = .init(), tags: TagsChange = .init(),
        limits: MetadataLimits? = nil
    ) {
        self.name = name
        self.about = about
        self.metadata = metadata
        self.tags = tags
        self.limits = limits
    }

    /// Applies the change: tags that are added before tags that are removed, `set` before `unset`.
    ///
    /// - Parameter now: When the customer changes, unless nothing is different afterwards. Each change of one customer has a
    ///   later moment than the one before, even when the clock stands still.
    /// - Throws: ``StoreError`` `tooLarge` when the customer would exceed ``limits``; then it is as it was.
    public func apply(to customer: inout Customer, now: Timestamp) throws {
        try limits?.check(metadata, of: customer.metadata, "customer", customer.id.rawValue)
        let before = customer
        if let name { customer.name = name }
        about?.apply(to: &customer.about)
        metadata.apply(to: &customer.metadata)
        tags.apply(to: &customer.tags)
        guard customer != before || !customer.isSpelled(as: before) else { return }
        customer.updatedAt = max(now, before.updatedAt.next)
    }
}

/// A text that is set or removed.
public enum TextChange: Sendable, Equatable {
    case set(String)
    case clear

    public func apply(to text: inout String?) {
        switch self {
        case .set(let new): text = new
        case .clear: text = nil
        }
    }
}

/// A metadata object that is replaced, and keys that are set and removed, in this order. Merges the top level only.
public struct MetadataChange: Sendable {
    /// When given, the object afterwards is this, before `set` and `unset` are looked at.
    public var replacement: JSONObject?
    public var set: JSONObject
    public var unset: [String]

    public init(replacement: JSONObject? = nil, set: JSONObject = [:], unset: [String] = []) {
        self.replacement = replacement
        self.set = set
        self.unset = unset
    }

    /// Keys in `unset` that are not there are ignored. A key in `set` that only looks the same as one that is there takes
    /// its place, in the new spelling.
    public func apply(to metadata: inout JSONObject) {
        if let replacement { metadata = replacement }
        metadata.set(set)
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
