/// The identity of a tool: the bundle that defines it, and its name there.
public struct ToolID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Bundle, as `weather` for `plugins/weather/`.
    public var service: String
    public var name: String

    public init(service: String, name: String) {
        self.service = service
        self.name = name
    }

    /// `service:name`, as the wire writes it.
    public var description: String { "\(service):\(name)" }

    public static func < (left: Self, right: Self) -> Bool {
        (left.service, left.name) < (right.service, right.name)
    }
}

/// Something that an agent can do.
public struct Tool: Sendable, Equatable {
    /// Whether it is judged together with similar tools.
    public enum Overlap: String, Sendable, CaseIterable { case auto, none, always }

    public var id: ToolID
    public var description: String
    /// In the order in which a person would be asked.
    public var parameters: [ToolParameter]
    /// Whether it has an effect that cannot be undone.
    public var consequential: Bool
    public var overlap: Overlap
    /// Longest time for one call, waiting included.
    public var timeout: Duration
    public var metadata: JSONObject
    public var location: SourceLocation?

    public init(
        id: ToolID, description: String, parameters: [ToolParameter] = [], consequential: Bool = false,
        overlap: Overlap = .auto, timeout: Duration = .seconds(30), metadata: JSONObject = [:],
        location: SourceLocation? = nil
    ) {
        self.id = id
        self.description = description
        self.parameters = parameters
        self.consequential = consequential
        self.overlap = overlap
        self.timeout = timeout
        self.metadata = metadata
        self.location = location
    }
}

/// A decision to run a tool.
public struct ToolCall: Sendable, Equatable {
    public var tool: ToolID
    public var arguments: JSONObject

    public init(tool: ToolID, arguments: JSONObject) {
        self.tool = tool
        self.arguments = arguments
    }
}

/// What a tool returned.
public struct ToolResult: Sendable, Equatable {
    /// How long the result is remembered. Raw values are the wire's.
    public enum Lifespan: String, Sendable, CaseIterable {
        /// For the rest of the session, as a tool event.
        case session
        /// For this reply only.
        case response
    }

    /// A rule that holds for this reply only.
    public struct TransientGuideline: Sendable, Equatable {
        public var action: String
        public var condition: String?
        public var criticality: Criticality
        public var priority: Int
        public var description: String?

        public init(
            action: String, condition: String? = nil, criticality: Criticality = .medium, priority: Int = 0,
            description: String? = nil
        ) {
            self.action = action
            self.condition = condition
            self.criticality = criticality
            self.priority = priority
            self.description = description
        }
    }

    /// What a model sees.
    public var data: JSONValue
    /// What only the front end sees.
    public var metadata: JSONObject
    /// Switches the session to this mode.
    public var mode: Session.Mode?
    public var lifespan: Lifespan
    /// Templates that are offered for this reply.
    public var cannedResponses: [String]
    /// Values for placeholders.
    public var cannedResponseFields: JSONObject
    public var guidelines: [TransientGuideline]

    public init(
        data: JSONValue, metadata: JSONObject = [:], mode: Session.Mode? = nil, lifespan: Lifespan = .session,
        cannedResponses: [String] = [], cannedResponseFields: JSONObject = [:],
        guidelines: [TransientGuideline] = []
    ) {
        self.data = data
        self.metadata = metadata
        self.mode = mode
        self.lifespan = lifespan
        self.cannedResponses = cannedResponses
        self.cannedResponseFields = cannedResponseFields
        self.guidelines = guidelines
    }
}

/// How a call ended.
public enum ToolOutcome: Sendable, Equatable {
    case result(ToolResult)
    /// The tool said that it could not, and why; the reason may reach the customer.
    case failure(reason: String)
    /// A fault, a limit, or a time-out. The text is for the log, never for customer or model.
    case defect(String)
    /// Arguments that did not pass the checks; the tool did not run.
    case invalid([ParameterProblem])
}
