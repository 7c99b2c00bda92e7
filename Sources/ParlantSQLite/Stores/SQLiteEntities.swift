import ParlantCore
import ParlantStores

/// Stores in a SQLite file for all kinds of entities.
struct SQLiteEntities {
    private let agents: SQLiteEntityStore<Agent>
    private let guidelines: SQLiteEntityStore<Guideline>
    private let cannedResponses: SQLiteEntityStore<CannedResponse>
    private let terms: SQLiteEntityStore<Term>
    private let variables: SQLiteEntityStore<ContextVariable>
    private let values: SQLiteEntityStore<VariableValue>
    private let capabilities: SQLiteEntityStore<Capability>
    private let journeys: SQLiteEntityStore<Journey>
    private let relationships: SQLiteEntityStore<Relationship>
    private let services: SQLiteEntityStore<ToolService>
    private let evaluations: SQLiteEntityStore<Evaluation>
    private let documents: SQLiteEntityStore<Document>
    private let memories: SQLiteEntityStore<Memory>

    init(_ file: StoreFile, _ moments: CreationMoments) {
        agents = SQLiteEntityStore(file, moments)
        guidelines = SQLiteEntityStore(file, moments)
        cannedResponses = SQLiteEntityStore(file, moments)
        terms = SQLiteEntityStore(file, moments)
        variables = SQLiteEntityStore(file, moments)
        values = SQLiteEntityStore(file, moments)
        capabilities = SQLiteEntityStore(file, moments)
        journeys = SQLiteEntityStore(file, moments)
        relationships = SQLiteEntityStore(file, moments)
        services = SQLiteEntityStore(file, moments)
        evaluations = SQLiteEntityStore(file, moments)
        documents = SQLiteEntityStore(file, moments)
        memories = SQLiteEntityStore(file, moments)
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
