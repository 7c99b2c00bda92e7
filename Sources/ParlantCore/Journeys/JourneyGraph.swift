public import OrderedCollections

/// The drawing of a journey: its states, and the ways between them.
///
/// A graph of a script has passed the checks of its load: the start and every target exist, every state can be reached,
/// a tool leads to a chat or a fork, and a fork has at least two ways out.
public struct JourneyGraph: Sendable, Equatable {
    /// Name of the state in which the journey begins.
    public var start: String
    /// The start first, then in the order in which they are reached from it. Names are unique.
    public var states: [JourneyState]

    public init(start: String, states: [JourneyState]) {
        self.start = start
        self.states = states
    }

    /// The state of this name; nil when there is none. O(states).
    public func state(_ name: String) -> JourneyState? { states.first { $0.name == name } }

    /// All ways out, by state, then in the order of definition.
    public var transitions: [(from: String, transition: JourneyTransition)] {
        states.flatMap { state in state.next.transitions.map { (state.name, $0) } }
    }
}

/// One step of a journey.
public struct JourneyState: Sendable, Equatable {
    /// What happens in the state.
    public enum Kind: Sendable, Equatable {
        /// The agent talks, for as many turns as it takes.
        case chat(instruction: String)
        /// Tools are called, then the journey goes on.
        case tools([ToolID], instruction: String?)
        /// A way out is chosen and nothing is said.
        case fork
        /// The journey goes through another one of the same agent, then goes on.
        case journey(JourneyID)
    }

    public var name: String
    public var kind: Kind
    /// Where the journey goes from here.
    public var next: JourneyNext
    /// Background for a model.
    public var description: String?
    /// Stricter mode for replies in this state; nil: the journey's.
    public var compositionMode: CompositionMode?
    /// Responses that are offered in this state.
    public var cannedResponses: [CannedResponseID]
    /// Which functions the script gave.
    public var handlers: Set<GuidelineHandler>
    public var labels: OrderedSet<String>
    public var metadata: JSONObject

    public init(
        name: String, kind: Kind, next: JourneyNext = .end, description: String? = nil,
        compositionMode: CompositionMode? = nil, cannedResponses: [CannedResponseID] = [],
        handlers: Set<GuidelineHandler> = [], labels: OrderedSet<String> = [], metadata: JSONObject = [:]
    ) {
        self.name = name
        self.kind = kind
        self.next = next
        self.description = description
        self.compositionMode = compositionMode
        self.cannedResponses = cannedResponses
        self.handlers = handlers
        self.labels = labels
        self.metadata = metadata
    }
}

/// Where a journey goes from a state.
public enum JourneyNext: Sendable, Equatable {
    /// Nowhere: the journey ends here.
    case end
    /// Always to this state.
    case always(String)
    /// Along the first way whose condition holds; until one does, the journey stays.
    case first([ConditionalTransition])

    /// The same as a list; empty for ``end``.
    public var transitions: [JourneyTransition] {
        switch self {
        case .end: []
        case .always(let state): [JourneyTransition(condition: nil, target: .state(state))]
        case .first(let ways): ways.map { JourneyTransition(condition: $0.condition, target: $0.target) }
        }
    }
}

/// A way out that is taken when a condition holds.
public struct ConditionalTransition: Sendable, Hashable {
    public var condition: String
    public var target: JourneyTarget

    public init(condition: String, target: JourneyTarget) {
        self.condition = condition
        self.target = target
    }
}

/// One way out of a state, whatever its form.
public struct JourneyTransition: Sendable, Hashable {
    /// Nil: always.
    public var condition: String?
    public var target: JourneyTarget

    public init(condition: String?, target: JourneyTarget) {
        self.condition = condition
        self.target = target
    }
}

/// Where a way leads.
public enum JourneyTarget: Sendable, Hashable {
    case state(String)
    /// The journey is over.
    case end
}
