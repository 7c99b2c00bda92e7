public import OrderedCollections

/// How much care the engine spends on a guideline. Raw values are the wire's.
public enum Criticality: String, Sendable, CaseIterable, Comparable {
    case low, medium, high

    private var rank: Int { self == .low ? 0 : self == .medium ? 1 : 2 }

    public static func < (left: Criticality, right: Criticality) -> Bool { left.rank < right.rank }
}

/// What a guideline says, apart from who has it.
public struct GuidelineContent: Sendable, Hashable {
    /// When it applies; nil when only code decides.
    public var condition: String?
    /// What the agent then does; nil for an observation.
    public var action: String?
    /// Background for a model.
    public var description: String?

    public init(condition: String?, action: String?, description: String? = nil) {
        self.condition = condition
        self.action = action
        self.description = description
    }
}

/// A rule of an agent: when the condition holds, do the action.
public struct Guideline: StoredEntity {
    public static var entityName: String { "guideline" }

    /// Who decides whether the condition holds.
    public enum Matcher: Sendable, Hashable {
        /// The language model, or what stands in for it.
        case condition
        /// It always holds.
        case always
        /// The script's function, through ``AgentHandlers``.
        case code
    }

    public var id: GuidelineID
    public var content: GuidelineContent
    /// Short name for people.
    public var title: String?
    public var criticality: Criticality
    /// Of all that applies in a turn only the highest stays, with what it depends on.
    public var priority: Int
    /// Whether following it once is remembered.
    public var track: Bool
    /// Whether it is looked at in turns at all.
    public var enabled: Bool
    public var matcher: Matcher
    /// Customer messages on which the condition holds; every way of matching may use them.
    public var examples: [String]
    /// Tools that may run while it applies.
    public var tools: [ToolID]
    /// Responses that are offered while it applies.
    public var cannedResponses: [CannedResponseID]
    /// Stricter mode for replies while it applies; nil: the agent's.
    public var compositionMode: CompositionMode?
    /// Which functions the script gave: the engine does not call what is not there.
    public var handlers: Set<GuidelineHandler>
    public var tags: OrderedSet<TagID>
    public var labels: OrderedSet<String>
    public var metadata: JSONObject
    /// Where it counts: everywhere, or only while a journey is active.
    public var scope: Scope
    /// Where the script defines it.
    public var location: SourceLocation?

    public init(
        id: GuidelineID, content: GuidelineContent, title: String? = nil, criticality: Criticality = .medium,
        priority: Int = 0, track: Bool = true, matcher: Matcher = .condition, examples: [String] = [],
        tools: [ToolID] = [], cannedResponses: [CannedResponseID] = [], compositionMode: CompositionMode? = nil,
        handlers: Set<GuidelineHandler> = [], tags: OrderedSet<TagID> = [], labels: OrderedSet<String> = [],
        metadata: JSONObject = [:], enabled: Bool = true, scope: Scope = .agent, location: SourceLocation? = nil
    ) {
        self.id = id
        self.content = content
        self.title = title
        self.criticality = criticality
        self.priority = priority
        self.track = track
        self.enabled = enabled
        self.matcher = matcher
        self.examples = examples
        self.tools = tools
        self.cannedResponses = cannedResponses
        self.compositionMode = compositionMode
        self.handlers = handlers
        self.tags = tags
        self.labels = labels
        self.metadata = metadata
        self.scope = scope
        self.location = location
    }

    /// Whether it only states a fact about the conversation.
    public var isObservation: Bool { content.action == nil && tools.isEmpty }
}

/// Functions that a script may attach to a guideline, apart from its matcher.
public enum GuidelineHandler: String, Sendable, CaseIterable {
    case cannedResponseFields = "canned_response_fields"
    case onSelected = "on_selected"
    case onMessage = "on_message"
}

/// A guideline that applies in this turn.
public struct GuidelineMatch: Sendable, Equatable {
    public var guideline: Guideline
    /// One sentence that says why.
    public var rationale: String
    /// How sure the matcher is, 0 to 1.
    public var score: Double

    public init(guideline: Guideline, rationale: String, score: Double = 1) {
        self.guideline = guideline
        self.rationale = rationale
        self.score = score
    }
}
