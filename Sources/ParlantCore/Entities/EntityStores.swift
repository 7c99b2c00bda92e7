/// One store for each kind of entity that clients create over REST, and for what is learned of customers.
public struct EntityStores: Sendable {
    public var agents: any EntityStore<Agent>
    public var guidelines: any EntityStore<Guideline>
    public var cannedResponses: any EntityStore<CannedResponse>
    public var terms: any EntityStore<Term>
    public var variables: any EntityStore<ContextVariable>
    public var values: any EntityStore<VariableValue>
    public var capabilities: any EntityStore<Capability>
    public var journeys: any EntityStore<Journey>
    public var relationships: any EntityStore<Relationship>
    public var services: any EntityStore<ToolService>
    public var evaluations: any EntityStore<Evaluation>
    public var documents: any EntityStore<Document>
    public var memories: any EntityStore<Memory>

    public init(
        agents: any EntityStore<Agent>, guidelines: any EntityStore<Guideline>,
        cannedResponses: any EntityStore<CannedResponse>, terms: any EntityStore<Term>,
        variables: any EntityStore<ContextVariable>, values: any EntityStore<VariableValue>,
        capabilities: any EntityStore<Capability>, journeys: any EntityStore<Journey>,
        relationships: any EntityStore<Relationship>, services: any EntityStore<ToolService>,
        evaluations: any EntityStore<Evaluation>, documents: any EntityStore<Document>,
        memories: any EntityStore<Memory>
    ) {
        self.agents = agents
        self.guidelines = guidelines
        self.cannedResponses = cannedResponses
        self.terms = terms
        self.variables = variables
        self.values = values
        self.capabilities = capabilities
        self.journeys = journeys
        self.relationships = relationships
        self.services = services
        self.evaluations = evaluations
        self.documents = documents
        self.memories = memories
    }
}
