public import OrderedCollections

/// Who talks to customers.
public struct Agent: Sendable, Equatable {
    /// Whether a message comes whole or piece by piece. Raw values are the wire's.
    public enum OutputMode: String, Sendable, CaseIterable { case block, stream }

    public var id: AgentID
    /// What customers see.
    public var name: String
    /// Who the agent is and how it speaks; a model reads it in every turn.
    public var description: String?
    /// Most rounds of tool calls in one turn, at least 1.
    public var maxEngineIterations: Int
    public var compositionMode: CompositionMode
    public var outputMode: OutputMode
    public var tags: OrderedSet<TagID>

    public init(
        id: AgentID, name: String, description: String? = nil, maxEngineIterations: Int = 3,
        compositionMode: CompositionMode = .fluid, outputMode: OutputMode = .block, tags: OrderedSet<TagID> = []
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.maxEngineIterations = maxEngineIterations
        self.compositionMode = compositionMode
        self.outputMode = outputMode
        self.tags = tags
    }
}

/// How far a reply may leave the canned responses.
public enum CompositionMode: String, Sendable, CaseIterable {
    /// Free text; a canned response only where it says the same.
    case fluid
    /// Free text in the words of the canned responses.
    case composited
    /// Canned responses and nothing else.
    case strict

    /// The stricter of two: strict before composited before fluid (`domain.md` 1.6, mixing).
    public func merged(with other: CompositionMode) -> CompositionMode {
        let order: [CompositionMode] = [.fluid, .composited, .strict]
        return order.last { $0 == self || $0 == other } ?? self
    }
}

/// A reply written in advance, with placeholders.
public struct CannedResponse: Sendable, Equatable {
    public var id: CannedResponseID
    /// Text with `{{placeholders}}`.
    public var template: CannedResponseTemplate
    /// Drafts that this response stands for: how a customer or a model would put it.
    public var signals: [String]
    /// Fields that must have a value, beyond those of the template.
    public var fieldDependencies: [String]
    public var tags: OrderedSet<TagID>
    public var metadata: JSONObject

    public init(
        id: CannedResponseID, template: CannedResponseTemplate, signals: [String] = [],
        fieldDependencies: [String] = [], tags: OrderedSet<TagID> = [], metadata: JSONObject = [:]
    ) {
        self.id = id
        self.template = template
        self.signals = signals
        self.fieldDependencies = fieldDependencies
        self.tags = tags
        self.metadata = metadata
    }
}
