/// Everything that one agent is, as one generation of its bundle defines it. A turn holds one from its begin to its
/// end, whatever is reloaded meanwhile.
public struct AgentSnapshot: Sendable {
    public var agent: Agent
    /// In the order of definition.
    public var guidelines: [Guideline]
    /// Tools of the guidelines, by id.
    public var tools: [ToolID: Tool]
    /// All canned responses of the agent and of its guidelines, in the order of definition.
    public var cannedResponses: [CannedResponse]
    /// Ids of canned responses that are offered whatever guideline applies.
    public var agentCannedResponses: [CannedResponseID]
    /// Runs the functions of the script.
    public var handlers: any AgentHandlers
    /// Counts the loads of the bundle, from 1.
    public var generation: Int

    public init(
        agent: Agent, guidelines: [Guideline] = [], tools: [ToolID: Tool] = [:],
        cannedResponses: [CannedResponse] = [], agentCannedResponses: [CannedResponseID] = [],
        handlers: any AgentHandlers, generation: Int = 1
    ) {
        self.agent = agent
        self.guidelines = guidelines
        self.tools = tools
        self.cannedResponses = cannedResponses
        self.agentCannedResponses = agentCannedResponses
        self.handlers = handlers
        self.generation = generation
    }
}

/// Knows the agents that scripts define.
public protocol AgentCatalog: Sendable {
    /// All agents, by the order of their bundles' names, then of definition.
    func agents() -> [Agent]
    /// The agent as it is defined now; nil when there is none.
    func snapshot(of id: AgentID) -> AgentSnapshot?
}
