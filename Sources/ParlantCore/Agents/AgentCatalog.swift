/// Everything that one agent is, as one generation of its bundle defines it. A turn holds one from its begin to its
/// end, whatever is reloaded meanwhile.
public struct AgentSnapshot: Sendable {
    public var agent: Agent
    /// Those of the agent and of its journeys, in the order of definition; ``Guideline/scope`` tells them apart.
    public var guidelines: [Guideline]
    /// Tools of guidelines, journeys and variables, by id.
    public var tools: [ToolID: Tool]
    /// All canned responses of the agent, its guidelines and its journeys, in the order of definition.
    public var cannedResponses: [CannedResponse]
    /// Ids of canned responses that are offered whatever guideline applies.
    public var agentCannedResponses: [CannedResponseID]
    /// In the order of definition.
    public var terms: [Term]
    /// What the agent can offer, in the order of definition.
    public var capabilities: [Capability]
    /// Those of the agent and of its journeys, in the order of definition.
    public var variables: [ContextVariable]
    /// Values that the script gives to variables. One that a store has for the same key goes before.
    public var variableValues: [VariableValue] { didSet { valuesByID = Self.byID(variableValues) } }
    /// In the order in which they were made or attached.
    public var journeys: [Journey]
    /// Observations that stand for triggers which were given as text; each has its journey's tag.
    public var triggers: [Guideline]
    /// In the order of definition.
    public var retrievers: [Retriever]
    /// What the script says about how guidelines, journeys and tags relate. Free of contradictions and of circles of
    /// dependencies.
    public var relationships: [Relationship]
    /// In the order of registration.
    public var hooks: [Hook]
    /// Runs the functions of the script.
    public var handlers: any AgentHandlers
    /// Counts the loads of the bundle, from 1.
    public var generation: Int
    /// ``variableValues`` by their ids, so that a turn finds one without looking at those of other customers.
    private(set) var valuesByID: [Identifier<VariableValue>: VariableValue]

    public init(
        agent: Agent, guidelines: [Guideline] = [], tools: [ToolID: Tool] = [:],
        cannedResponses: [CannedResponse] = [], agentCannedResponses: [CannedResponseID] = [], terms: [Term] = [],
        capabilities: [Capability] = [], variables: [ContextVariable] = [], variableValues: [VariableValue] = [],
        journeys: [Journey] = [],
        triggers: [Guideline] = [], retrievers: [Retriever] = [], relationships: [Relationship] = [],
        hooks: [Hook] = [], handlers: any AgentHandlers, generation: Int = 1
    ) {
        self.agent = agent
        self.guidelines = guidelines
        self.tools = tools
        self.cannedResponses = cannedResponses
        self.agentCannedResponses = agentCannedResponses
        self.terms = terms
        self.capabilities = capabilities
        self.variables = variables
        self.variableValues = variableValues
        self.journeys = journeys
        self.triggers = triggers
        self.retrievers = retrievers
        self.relationships = relationships
        self.hooks = hooks
        self.handlers = handlers
        self.generation = generation
        valuesByID = Self.byID(variableValues)
    }

    private static func byID(_ values: [VariableValue]) -> [Identifier<VariableValue>: VariableValue] {
        Dictionary(values.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Knows the agents that scripts define.
public protocol AgentCatalog: Sendable {
    /// All agents, by the order of their bundles' names, then of definition.
    func agents() -> [Agent]
    /// The agent as it is defined now; nil when there is none.
    func snapshot(of id: AgentID) -> AgentSnapshot?
}
