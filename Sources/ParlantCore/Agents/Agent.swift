public import OrderedCollections

/// Who talks to customers.
public struct Agent: StoredEntity {
    public static var entityName: String { "agent" }

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
    /// How the quick first words of a reply sound; nil: as the engine likes.
    public var preamble: Preamble?
    /// How the time until a reply is filled.
    public var pacing: Pacing
    /// What happens to messages that come while a turn runs.
    public var doubleText: DoubleText
    /// Whether its conversations are remembered, and brought into later ones.
    public var memory: MemoryUse
    public var tags: OrderedSet<TagID>
    /// Where the script defines it; nil for an agent that was created over REST.
    public var location: SourceLocation?

    /// - Parameter pacing: nil: ``Pacing/standard`` with a `preamble`, else ``Pacing/none``.
    public init(
        id: AgentID, name: String, description: String? = nil, maxEngineIterations: Int = 3,
        compositionMode: CompositionMode = .fluid, outputMode: OutputMode = .block, preamble: Preamble? = nil,
        pacing: Pacing? = nil, doubleText: DoubleText = .interrupt, memory: MemoryUse = MemoryUse(),
        tags: OrderedSet<TagID> = [], location: SourceLocation? = nil
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.maxEngineIterations = maxEngineIterations
        self.compositionMode = compositionMode
        self.outputMode = outputMode
        self.preamble = preamble
        self.pacing = pacing ?? (preamble == nil ? .none : .standard)
        self.doubleText = doubleText
        self.memory = memory
        self.tags = tags
        self.location = location
    }
}

/// How an agent begins to answer while it still thinks.
public struct Preamble: Sendable, Hashable {
    /// First words as they should sound.
    public var examples: [String]
    /// Rules for them.
    public var instructions: [String]

    public init(examples: [String] = [], instructions: [String] = []) {
        self.examples = examples
        self.instructions = instructions
    }
}

/// How an agent fills the time until its reply, and how fast its messages follow each other. Raw values are those of the
/// Lua surface.
public enum Pacing: String, Sendable, CaseIterable {
    /// Quick first words where the reply takes a while, signs of work after them, and typing pauses between messages,
    /// as people in a chat do it.
    case standard = "default"
    /// Replies as soon as they are there, and nothing before them.
    case none
    /// Quick first words as soon as they are there, and no pauses: silence is what callers notice.
    case voice
}

/// How far a reply may leave the canned responses.
public enum CompositionMode: String, Sendable, CaseIterable {
    /// Free text and never a canned response.
    case free
    /// Free text; a canned response only where it says the same.
    case fluid
    /// Free text in the words of the canned responses.
    case composited
    /// Canned responses and nothing else.
    case strict

    /// The stricter of two: strict before composited before fluid before free (`domain.md` 1.6, mixing).
    public func merged(with other: CompositionMode) -> CompositionMode {
        let order: [CompositionMode] = [.free, .fluid, .composited, .strict]
        return order.last { $0 == self || $0 == other } ?? self
    }
}

/// A reply written in advance, with placeholders.
public struct CannedResponse: StoredEntity {
    public static var entityName: String { "canned response" }

    /// Marks a response as quick first words, which never are the answer. Fixed, as on the reference.
    public static let preambleTag: TagID = "__preamble__"

    public var id: CannedResponseID
    /// Text with `{{placeholders}}`.
    public var template: CannedResponseTemplate
    /// Drafts that this response stands for: how a customer or a model would put it.
    public var signals: [String]
    /// Fields that must have a value, beyond those of the template.
    public var fieldDependencies: [String]
    /// What the placeholders stand for, for whoever fills them in.
    public var fields: [CannedResponseField]
    public var tags: OrderedSet<TagID>
    public var metadata: JSONObject
    /// Where the script defines it, as far as it is known.
    public var location: SourceLocation?

    public init(
        id: CannedResponseID, template: CannedResponseTemplate, signals: [String] = [],
        fieldDependencies: [String] = [], fields: [CannedResponseField] = [], tags: OrderedSet<TagID> = [],
        metadata: JSONObject = [:], location: SourceLocation? = nil
    ) {
        self.id = id
        self.template = template
        self.signals = signals
        self.fieldDependencies = fieldDependencies
        self.fields = fields
        self.tags = tags
        self.metadata = metadata
        self.location = location
    }
}

/// One placeholder of a canned response, explained.
public struct CannedResponseField: Sendable, Equatable {
    public var name: String
    public var description: String
    public var examples: [String]

    public init(name: String, description: String, examples: [String] = []) {
        self.name = name
        self.description = description
        self.examples = examples
    }
}
