import ParlantCore
import ParlantStores

/// Stores in MongoDB for all kinds of entities.
struct MongoEntities {
    /// Names of the collections of all kinds.
    static let collections = [
        "agents", "guidelines", "canned_responses", "terms", "variables", "variable_values", "capabilities",
        "journeys", "relationships", "services", "evaluations", "documents", "memories",
    ]

    private let agents: MongoEntityStore<Agent>
    private let guidelines: MongoEntityStore<Guideline>
    private let cannedResponses: MongoEntityStore<CannedResponse>
    private let terms: MongoEntityStore<Term>
    private let variables: MongoEntityStore<ContextVariable>
    private let values: MongoEntityStore<VariableValue>
    private let capabilities: MongoEntityStore<Capability>
    private let journeys: MongoEntityStore<Journey>
    private let relationships: MongoEntityStore<Relationship>
    private let services: MongoEntityStore<ToolService>
    private let evaluations: MongoEntityStore<Evaluation>
    private let documents: MongoEntityStore<Document>
    private let memories: MongoEntityStore<Memory>

    init(_ database: MongoDatabase) {
        agents = MongoEntityStore(database, "agents")
        guidelines = MongoEntityStore(database, "guidelines")
        cannedResponses = MongoEntityStore(database, "canned_responses")
        terms = MongoEntityStore(database, "terms")
        variables = MongoEntityStore(database, "variables")
        values = MongoEntityStore(database, "variable_values")
        capabilities = MongoEntityStore(database, "capabilities")
        journeys = MongoEntityStore(database, "journeys")
        relationships = MongoEntityStore(database, "relationships")
        services = MongoEntityStore(database, "services")
        evaluations = MongoEntityStore(database, "evaluations")
        documents = MongoEntityStore(database, "documents")
        memories = MongoEntityStore(database, "memories")
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
