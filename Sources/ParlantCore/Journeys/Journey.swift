public import OrderedCollections

/// A path through a conversation, entered when one of its conditions holds.
public struct Journey: StoredEntity {
    public static var entityName: String { "journey" }

    public var id: JourneyID
    /// 1 to 100 characters.
    public var title: String
    public var description: String
    /// Observations that start it; each has the tag ``owner(_:)``.
    public var conditions: OrderedSet<GuidelineID>
    public var compositionMode: CompositionMode?
    /// Higher wins where several would apply.
    public var priority: Int
    public var labels: OrderedSet<String>
    public var tags: OrderedSet<TagID>

    public init(
        id: JourneyID, title: String, description: String, conditions: OrderedSet<GuidelineID> = [],
        compositionMode: CompositionMode? = nil, priority: Int = 0, labels: OrderedSet<String> = [],
        tags: OrderedSet<TagID> = []
    ) {
        self.id = id
        self.title = title
        self.description = description
        self.conditions = conditions
        self.compositionMode = compositionMode
        self.priority = priority
        self.labels = labels
        self.tags = tags
    }

    /// The tag of what belongs to a journey.
    public static func owner(_ id: JourneyID) -> TagID { TagID("journey:\(id)") }
}

public typealias JourneyID = Identifier<Journey>
