/// Everything that a place keeps, kind by kind.
public struct StoreRecords: Sendable {
    public var tags: any RecordStore<Tag>
    /// Without the guest, who is built in.
    public var customers: any RecordStore<Customer>
    public var sessions: any RecordStore<SessionRecord>
    /// Sessions one after the other, each by offset; without deleted ones.
    public var events: any RecordStore<EventRecord>
    /// Scopes one after the other. Those whose lifetime is over may be among them.
    public var keyValues: any RecordStore<KeyValueEntry>
    public var explanations: any RecordStore<Explanation>
    public var entities: EntityRecords

    /// Turns that were asked for and have not ended, in the order in which they were opened.
    public var openTurns: any RecordStore<OpenTurn>

    /// - Parameter openTurns: The store that has the open turns of ``sessions``.
    public init(
        tags: any RecordStore<Tag>, customers: any RecordStore<Customer>, sessions: any RecordStore<SessionRecord>,
        events: any RecordStore<EventRecord>, keyValues: any RecordStore<KeyValueEntry>,
        explanations: any RecordStore<Explanation>, openTurns: any SessionStore, entities: EntityRecords
    ) {
        self.openTurns = OpenTurnRecords(openTurns)
        self.tags = tags
        self.customers = customers
        self.sessions = sessions
        self.events = events
        self.keyValues = keyValues
        self.explanations = explanations
        self.entities = entities
    }

    /// All kinds in the order in which they move: sessions before their events.
    public var kinds: [RecordKind] { copies(to: self).map(\.source) }

    /// What it takes to copy everything from here to another place.
    public func copies(to target: StoreRecords) -> [RecordCopy] {
        [
            RecordCopy("tags", tags, target.tags), RecordCopy("customers", customers, target.customers),
            RecordCopy("sessions", sessions, target.sessions), RecordCopy("events", events, target.events),
            RecordCopy(RecordKind.keyValues, keyValues, target.keyValues),
            RecordCopy("explanations", explanations, target.explanations),
            RecordCopy("open turns", openTurns, target.openTurns),
        ] + entities.copies(to: target.entities)
    }
}

/// Everything that clients created over REST, kind by kind.
public struct EntityRecords: Sendable {
    public var agents: any RecordStore<Stored<Agent>>
    public var guidelines: any RecordStore<Stored<Guideline>>
    public var cannedResponses: any RecordStore<Stored<CannedResponse>>
    public var terms: any RecordStore<Stored<Term>>
    public var variables: any RecordStore<Stored<ContextVariable>>
    public var values: any RecordStore<Stored<VariableValue>>
    public var capabilities: any RecordStore<Stored<Capability>>
    public var journeys: any RecordStore<Stored<Journey>>
    public var relationships: any RecordStore<Stored<Relationship>>
    public var services: any RecordStore<Stored<ToolService>>
    public var evaluations: any RecordStore<Stored<Evaluation>>
    public var documents: any RecordStore<Stored<Document>>
    public var memories: any RecordStore<Stored<Memory>>

    public init(
        agents: any RecordStore<Stored<Agent>>, guidelines: any RecordStore<Stored<Guideline>>,
        cannedResponses: any RecordStore<Stored<CannedResponse>>, terms: any RecordStore<Stored<Term>>,
        variables: any RecordStore<Stored<ContextVariable>>, values: any RecordStore<Stored<VariableValue>>,
        capabilities: any RecordStore<Stored<Capability>>, journeys: any RecordStore<Stored<Journey>>,
        relationships: any RecordStore<Stored<Relationship>>, services: any RecordStore<Stored<ToolService>>,
        evaluations: any RecordStore<Stored<Evaluation>>, documents: any RecordStore<Stored<Document>>,
        memories: any RecordStore<Stored<Memory>>
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

    fileprivate func copies(to target: EntityRecords) -> [RecordCopy] {
        [
            RecordCopy("agents", agents, target.agents), RecordCopy("guidelines", guidelines, target.guidelines),
            RecordCopy("canned responses", cannedResponses, target.cannedResponses),
            RecordCopy("terms", terms, target.terms), RecordCopy("variables", variables, target.variables),
            RecordCopy("values of variables", values, target.values),
            RecordCopy("capabilities", capabilities, target.capabilities),
            RecordCopy("journeys", journeys, target.journeys),
            RecordCopy("relationships", relationships, target.relationships),
            RecordCopy("services", services, target.services),
            RecordCopy("evaluations", evaluations, target.evaluations),
            RecordCopy("documents", documents, target.documents),
            RecordCopy("memories", memories, target.memories),
        ]
    }
}
