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
    /// Of all that applies in a turn only the highest stays, with what it depends on. All of the journey has it.
    public var priority: Int
    public var labels: OrderedSet<String>
    public var tags: OrderedSet<TagID>
    /// The states; nil for a journey that was created over REST, which has none.
    public var graph: JourneyGraph?
    /// Responses that are offered while the journey is active.
    public var cannedResponses: [CannedResponseID]
    /// Which functions the script gave.
    public var handlers: Set<GuidelineHandler>
    /// Where the script defines it.
    public var location: SourceLocation?

    public init(
        id: JourneyID, title: String, description: String, conditions: OrderedSet<GuidelineID> = [],
        compositionMode: CompositionMode? = nil, priority: Int = 0, labels: OrderedSet<String> = [],
        tags: OrderedSet<TagID> = [], graph: JourneyGraph? = nil, cannedResponses: [CannedResponseID] = [],
        handlers: Set<GuidelineHandler> = [], location: SourceLocation? = nil
    ) {
        self.id = id
        self.title = title
        self.description = description
        self.conditions = conditions
        self.compositionMode = compositionMode
        self.priority = priority
        self.labels = labels
        self.tags = tags
        self.graph = graph
        self.cannedResponses = cannedResponses
        self.handlers = handlers
        self.location = location
    }

    /// The tag of what belongs to a journey.
    public static func owner(_ id: JourneyID) -> TagID { TagID("journey:\(id)") }
}

public typealias JourneyID = Identifier<Journey>
