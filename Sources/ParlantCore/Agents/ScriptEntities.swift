public import OrderedCollections

/// What scripts define, as entities of their own: each carries the tag of the agent that it belongs to.
public struct ScriptEntities: Sendable {
    private let agents: AgentRegistry
    /// Moment of creation that the entities show.
    public let loadedAt: Timestamp

    /// - Parameter loadedAt: Moment of creation that the entities show.
    public init(_ agents: AgentRegistry, loadedAt: Timestamp) {
        self.agents = agents
        self.loadedAt = loadedAt
    }

    /// The tag of what belongs to an agent.
    public static func owner(_ id: AgentID) -> TagID { TagID("agent:\(id)") }

    /// Guidelines and observations, then the triggers of journeys that were given as text; by agent, then in order of
    /// definition. Where two agents use one id, the first has it; what they share has the tags of both.
    public func guidelines() -> [Stored<Guideline>] {
        gather({ $0.guidelines + $0.triggers }) { guideline, owner in guideline.tags.append(owner) }
    }

    /// Canned responses, by agent, then in order of definition; ids as for ``guidelines()``.
    public func cannedResponses() -> [Stored<CannedResponse>] {
        gather(\.cannedResponses) { response, owner in response.tags.append(owner) }
    }

    /// Terms, by agent, then in order of definition.
    public func terms() -> [Stored<Term>] { gather(\.terms) { term, owner in term.tags.append(owner) } }

    /// Variables, by agent, then in order of definition; one of a journey has the journey's tag instead of the agent's.
    public func variables() -> [Stored<ContextVariable>] {
        gather(\.variables) { variable, owner in
            if case .journey(let id) = variable.scope {
                variable.tags.append(Journey.owner(id))
            } else {
                variable.tags.append(owner)
            }
        }
    }

    /// Values that scripts give to variables, as of the load.
    public func variableValues() -> [Stored<VariableValue>] {
        gather(\.variableValues) { [loadedAt] value, _ in value.modifiedAt = loadedAt }
    }

    /// Journeys with their states, by agent, then in the order in which they were made or attached.
    public func journeys() -> [Stored<Journey>] { gather(\.journeys) { journey, owner in journey.tags.append(owner) } }

    /// Relationships, by agent: first that each guideline of a journey depends on it, then those that the script states.
    public func relationships() -> [Stored<Relationship>] {
        gather({ snapshot in
            snapshot.guidelines.compactMap(Relationship.onJourney) + snapshot.relationships
        }) { _, _ in }
    }

    /// Tools by service, that is by bundle, each once, sorted by name.
    public func tools() -> OrderedDictionary<String, [Tool]> {
        var tools: [ToolID: Tool] = [:]
        for snapshot in agents.scriptSnapshots() { tools.merge(snapshot.tools) { first, _ in first } }
        let sorted = tools.values.sorted { $0.id < $1.id }
        return OrderedDictionary(grouping: sorted, by: \.id.service)
    }

    /// Each bundle that has tools, as a service with the URL `lua:<bundle>`: nothing is contacted for it.
    public func services() -> [Stored<ToolService>] {
        tools().map { name, tools in
            let service = ToolService(
                id: Identifier(name), kind: .sdk, url: "lua:\(name)", location: tools.first?.location)
            return Stored(service, createdAt: loadedAt)
        }
    }

    private func gather<Entity: StoredEntity>(
        _ entities: (AgentSnapshot) -> [Entity], _ own: (inout Entity, TagID) -> Void
    ) -> [Stored<Entity>] {
        var found: OrderedDictionary<Identifier<Entity>, Stored<Entity>> = [:]
        for snapshot in agents.scriptSnapshots() {
            for var entity in entities(snapshot) {
                let first = found[entity.id]?.entity
                // A journey that several agents attach is one entity, as is what belongs to it.
                if let first, first.location == nil || first.location != entity.location { continue }
                if let first { entity = first }
                own(&entity, Self.owner(snapshot.agent.id))
                found[entity.id] = Stored(entity, createdAt: loadedAt)
            }
        }
        return Array(found.values)
    }
}
