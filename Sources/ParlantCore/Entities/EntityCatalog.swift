/// All entities that the API shows: those that scripts define, above those that were created over REST.
public struct EntityCatalog: Sendable {
    /// Agents of both kinds; what the engine and the sessions work with.
    public let agents: AgentRegistry
    public let guidelines: any EntityStore<Guideline>
    public let cannedResponses: any EntityStore<CannedResponse>
    public let terms: any EntityStore<Term>
    public let variables: any EntityStore<ContextVariable>
    public let values: any EntityStore<VariableValue>
    public let capabilities: any EntityStore<Capability>
    public let journeys: any EntityStore<Journey>
    public let relationships: any EntityStore<Relationship>
    /// Services outside, and each bundle that has tools.
    public let services: any EntityStore<ToolService>
    public let evaluations: any EntityStore<Evaluation>
    /// What the agents of scripts consist of.
    public let scripts: ScriptEntities

    /// Puts scripts above stores; nothing is read yet. Call ``AgentRegistry/load()`` before use when the stores may
    /// hold agents already.
    ///
    /// - Parameter loadedAt: The moment of creation that entities of scripts show.
    public init(_ stores: EntityStores, below catalog: any AgentCatalog, loadedAt: Timestamp) {
        agents = AgentRegistry(scripts: catalog, store: stores.agents)
        let scripts = ScriptEntities(agents, loadedAt: loadedAt)
        self.scripts = scripts
        guidelines = LayeredStore(stores.guidelines) { scripts.guidelines() }
        cannedResponses = LayeredStore(stores.cannedResponses) { scripts.cannedResponses() }
        services = LayeredStore(stores.services) { scripts.services() }
        terms = LayeredStore(stores.terms) { scripts.terms() }
        variables = LayeredStore(stores.variables) { scripts.variables() }
        values = FallbackStore(stores.values, above: { scripts.variableValues() })
        journeys = LayeredStore(stores.journeys) { scripts.journeys() }
        relationships = LayeredStore(stores.relationships) { scripts.relationships() }
        capabilities = stores.capabilities
        evaluations = stores.evaluations
    }

    /// A tool of a script; nil for tools of services outside, which only they know.
    public func tool(_ id: ToolID) -> Tool? { scripts.tools()[id.service]?.first { $0.id == id } }
}
