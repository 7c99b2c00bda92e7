import Synchronization

/// Agents as turns see them: what scripts define, and what was created over REST for the same agents.
///
/// An entity without tags counts for every agent; one with tags for the agents whose own tag (`agent:ID`) or other tags
/// it has. The tag of a journey or of a guideline (`journey:ID`, `guideline:ID`) gives it to that one.
///
/// An agent is put together again when something was written or its script was reloaded, and not for each turn.
public final class MergedCatalog: AgentCatalog {
    /// What was created over REST, apart from agents.
    struct Parts: Sendable {
        let guidelines: MirroredStore<Guideline>
        let cannedResponses: MirroredStore<CannedResponse>
        let terms: MirroredStore<Term>
        let capabilities: MirroredStore<Capability>
        let variables: MirroredStore<ContextVariable>
        let journeys: MirroredStore<Journey>
        let relationships: MirroredStore<Relationship>

        /// Grows with each write to any of them.
        var revision: Int {
            guidelines.revision + cannedResponses.revision + terms.revision + capabilities.revision
                + variables.revision + journeys.revision + relationships.revision
        }

        var isEmpty: Bool {
            guidelines.entities.isEmpty && cannedResponses.entities.isEmpty && terms.entities.isEmpty
                && capabilities.entities.isEmpty && variables.entities.isEmpty && journeys.entities.isEmpty
                && relationships.entities.isEmpty
        }
    }

    /// An agent that was put together, without the handlers of its script: they hold Lua states, and this is kept until
    /// somebody asks for the agent again, who may never come when the script is gone.
    private struct Merged {
        var generation: Int
        var revision: Int
        var agent: Agent
        var snapshot: AgentSnapshot
    }

    /// Between two loads of a script there are fewer writes than this.
    private static let writesPerLoad = 1_000_000_000

    private let registry: AgentRegistry
    private let parts: Parts
    private let merged = Mutex<[AgentID: Merged]>([:])

    init(_ registry: AgentRegistry, _ parts: Parts) {
        self.registry = registry
        self.parts = parts
    }

    public func agents() -> [Agent] { registry.agents() }

    /// - Complexity: O(1) while nothing changes; else O(entities) once.
    public func snapshot(of id: AgentID) -> AgentSnapshot? {
        guard let base = registry.snapshot(of: id) else { return nil }
        let revision = parts.revision
        guard revision > 0, !parts.isEmpty else { return base }
        var snapshot: AgentSnapshot
        if let known = merged.withLock({ $0[id] }), known.generation == base.generation, known.revision == revision,
            known.agent == base.agent
        {
            snapshot = known.snapshot
        } else {
            snapshot = base
            snapshot.handlers = ScriptlessHandlers()
            // Whoever prepares something for a snapshot knows it by this number.
            snapshot.generation = base.generation * Self.writesPerLoad + revision
            merge(into: &snapshot)
            merged.withLock {
                $0[id] = Merged(generation: base.generation, revision: revision, agent: base.agent, snapshot: snapshot)
            }
        }
        snapshot.handlers = base.handlers
        return snapshot
    }

    private func merge(into snapshot: inout AgentSnapshot) {
        let own = snapshot.agent.tags.union([ScriptEntities.owner(snapshot.agent.id)])
        func belongs(_ entity: some StoredEntity) -> Bool {
            entity.tags.isEmpty || !entity.tags.isDisjoint(with: own)
        }
        snapshot.journeys += parts.journeys.entities.filter(belongs)
        let journeys = snapshot.journeys
        let triggers = Set(journeys.flatMap(\.conditions))
        for var guideline in parts.guidelines.entities {
            if triggers.contains(guideline.id) {
                snapshot.triggers.append(guideline)
                continue
            }
            if let journey = journeys.first(where: { guideline.tags.contains(Journey.owner($0.id)) }) {
                guideline.scope = .journey(journey.id)
            } else if !belongs(guideline) {
                continue
            }
            snapshot.guidelines.append(guideline)
        }
        snapshot.terms += parts.terms.entities.filter(belongs)
        snapshot.capabilities += parts.capabilities.entities.filter(belongs)
        // A variable of the script hides one with the same id, as in lists.
        let taken = Set(snapshot.variables.map(\.id))
        for var variable in parts.variables.entities where !taken.contains(variable.id) {
            if !belongs(variable) {
                guard let journey = journeys.first(where: { variable.tags.contains(Journey.owner($0.id)) }) else {
                    continue
                }
                variable.scope = .journey(journey.id)
            }
            snapshot.variables.append(variable)
        }
        for response in parts.cannedResponses.entities { add(response, to: &snapshot, isGeneral: belongs(response)) }
        snapshot.relationships += parts.relationships.entities
    }

    private func add(_ response: CannedResponse, to snapshot: inout AgentSnapshot, isGeneral: Bool) {
        var isOffered = isGeneral
        if isGeneral { snapshot.agentCannedResponses.append(response.id) }
        for index in snapshot.guidelines.indices
        where response.tags.contains(TagID("guideline:\(snapshot.guidelines[index].id)")) {
            snapshot.guidelines[index].cannedResponses.append(response.id)
            isOffered = true
        }
        for index in snapshot.journeys.indices where response.tags.contains(Journey.owner(snapshot.journeys[index].id))
        {
            snapshot.journeys[index].cannedResponses.append(response.id)
            isOffered = true
        }
        if isOffered { snapshot.cannedResponses.append(response) }
    }
}
