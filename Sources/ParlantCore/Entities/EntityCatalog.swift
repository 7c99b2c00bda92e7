/// All entities that the API shows: those that scripts define, above those that were created over REST.
public struct EntityCatalog: Sendable {
    /// Agents of both kinds; what the engine and the sessions work with.
    public let agents: AgentRegistry
    /// The same agents with everything that belongs to them, for turns.
    public let turns: MergedCatalog
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
    /// What is known of customers and agents besides conversations.
    public let knowledge: Knowledge
    /// What the agents of scripts consist of.
    public let scripts: ScriptEntities
    private let parts: MergedCatalog.Parts
    /// Values without those of scripts, which turns have at hand.
    private let keptValues: any EntityStore<VariableValue>

    /// Puts scripts above stores; nothing is read yet. Call ``load()`` before use when the stores may hold something
    /// already.
    ///
    /// - Parameter loadedAt: The moment of creation that entities of scripts show.
    public init(_ stores: EntityStores, below catalog: any AgentCatalog, loadedAt: Timestamp) {
        agents = AgentRegistry(scripts: catalog, store: stores.agents)
        let scripts = ScriptEntities(agents, loadedAt: loadedAt)
        self.scripts = scripts
        let parts = MergedCatalog.Parts(
            guidelines: MirroredStore(stores.guidelines), cannedResponses: MirroredStore(stores.cannedResponses),
            terms: MirroredStore(stores.terms), capabilities: MirroredStore(stores.capabilities),
            variables: MirroredStore(stores.variables), journeys: MirroredStore(stores.journeys),
            relationships: MirroredStore(stores.relationships))
        self.parts = parts
        turns = MergedCatalog(agents, parts)
        guidelines = LayeredStore(parts.guidelines) { scripts.guidelines() }
        cannedResponses = LayeredStore(parts.cannedResponses) { scripts.cannedResponses() }
        services = LayeredStore(stores.services) { scripts.services() }
        terms = LayeredStore(parts.terms) { scripts.terms() }
        variables = LayeredStore(parts.variables) { scripts.variables() }
        keptValues = stores.values
        values = FallbackStore(stores.values, above: { scripts.variableValues() })
        journeys = LayeredStore(parts.journeys) { scripts.journeys() }
        relationships = LayeredStore(parts.relationships) { scripts.relationships() }
        capabilities = parts.capabilities
        evaluations = stores.evaluations
        knowledge = Knowledge(stores)
    }

    /// Reads what the stores have from earlier. Call it before anything is used.
    public func load() async throws {
        for kind in MirroredKind.allCases { try await renew(kind) }
    }

    /// Reads entities of one kind anew, because another node has changed some.
    public func renew(_ kind: MirroredKind) async throws {
        switch kind {
        case .agents: try await agents.load()
        case .guidelines: try await parts.guidelines.load()
        case .cannedResponses: try await parts.cannedResponses.load()
        case .terms: try await parts.terms.load()
        case .capabilities: try await parts.capabilities.load()
        case .variables: try await parts.variables.load()
        case .journeys: try await parts.journeys.load()
        case .relationships: try await parts.relationships.load()
        }
    }

    /// Values of variables, as turns read and write them.
    public func customerVariables(clock: any TimeSource, ids: any IDGenerator) -> CustomerVariables {
        CustomerVariables(values: keptValues, loadedAt: scripts.loadedAt, clock: clock, ids: ids)
    }

    /// A tool of a script; nil for tools of services outside, which only they know.
    public func tool(_ id: ToolID) -> Tool? { scripts.tools()[id.service]?.first { $0.id == id } }
}
