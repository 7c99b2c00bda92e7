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

    /// Guidelines and observations, by agent, then in order of definition. Where two agents use one id, the first has
    /// it.
    public func guidelines() -> [Stored<Guideline>] {
        gather(\.guidelines) { guideline, owner in guideline.tags.append(owner) }
    }

    /// Canned responses, by agent, then in order of definition. Where two agents use one id, the first has it.
    public func cannedResponses() -> [Stored<CannedResponse>] {
        gather(\.cannedResponses) { response, owner in response.tags.append(owner) }
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
            for var entity in entities(snapshot) where found[entity.id] == nil {
                own(&entity, Self.owner(snapshot.agent.id))
                found[entity.id] = Stored(entity, createdAt: loadedAt)
            }
        }
        return Array(found.values)
    }
}
