public import ParlantCore

/// Stores in memory for all kinds of entities.
struct MemoryEntities {
    private let agents: MemoryEntityStore<Agent>
    private let guidelines: MemoryEntityStore<Guideline>
    private let cannedResponses: MemoryEntityStore<CannedResponse>
    private let terms: MemoryEntityStore<Term>
    private let variables: MemoryEntityStore<ContextVariable>
    private let values: MemoryEntityStore<VariableValue>
    private let capabilities: MemoryEntityStore<Capability>
    private let journeys: MemoryEntityStore<Journey>
    private let relationships: MemoryEntityStore<Relationship>
    private let services: MemoryEntityStore<ToolService>
    private let evaluations: MemoryEntityStore<Evaluation>
    private let documents: MemoryEntityStore<Document>
    private let memories: MemoryEntityStore<Memory>

    /// Empty stores.
    init(clock: any TimeSource) {
        agents = MemoryEntityStore(clock: clock)
        guidelines = MemoryEntityStore(clock: clock)
        cannedResponses = MemoryEntityStore(clock: clock)
        terms = MemoryEntityStore(clock: clock)
        variables = MemoryEntityStore(clock: clock)
        values = MemoryEntityStore(clock: clock)
        capabilities = MemoryEntityStore(clock: clock)
        journeys = MemoryEntityStore(clock: clock)
        relationships = MemoryEntityStore(clock: clock)
        services = MemoryEntityStore(clock: clock)
        evaluations = MemoryEntityStore(clock: clock)
        documents = MemoryEntityStore(clock: clock)
        memories = MemoryEntityStore(clock: clock)
    }

    var stores: EntityStores {
        EntityStores(
            agents: agents, guidelines: guidelines, cannedResponses: cannedResponses, terms: terms,
            variables: variables, values: values, capabilities: capabilities, journeys: journeys,
            relationships: relationships, services: services, evaluations: evaluations,
            documents: documents, memories: memories)
    }

    var records: EntityRecords {
        EntityRecords(
            agents: agents, guidelines: guidelines, cannedResponses: cannedResponses, terms: terms,
            variables: variables, values: values, capabilities: capabilities, journeys: journeys,
            relationships: relationships, services: services, evaluations: evaluations,
            documents: documents, memories: memories)
    }
}

extension EntityStores {
    /// Empty stores in memory for all kinds.
    public static func memory(clock: any TimeSource) -> EntityStores { MemoryEntities(clock: clock).stores }
}
