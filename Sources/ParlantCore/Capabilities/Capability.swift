public import OrderedCollections

/// Something that an agent can offer.
public struct Capability: StoredEntity {
    public static var entityName: String { "capability" }

    public var id: CapabilityID
    /// 1 to 100 characters.
    public var title: String
    public var description: String
    /// What customers say who want it.
    public var signals: [String]
    public var tags: OrderedSet<TagID>

    public init(
        id: CapabilityID, title: String, description: String, signals: [String] = [], tags: OrderedSet<TagID> = []
    ) {
        self.id = id
        self.title = title
        self.description = description
        self.signals = signals
        self.tags = tags
    }
}

public typealias CapabilityID = Identifier<Capability>
