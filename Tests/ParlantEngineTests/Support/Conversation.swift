import Logging
import ParlantCore
import ParlantEngine
import ParlantStores
import ParlantTesting

/// An engine over memory stores with one agent and one session, driven step by step.
struct Conversation: Sendable {
    var engine: EventEngine
    var session: SessionID
    let customers: MemoryCustomerStore
    let sessions: MemorySessionStore
    let stores: EntityStores
    let keyValues: MemoryKeyValueStore
    var explanations = MemoryExplanationStore()
    let clock: ManualClock
    var ids = CountingIDGenerator()

    init(
        _ snapshot: AgentSnapshot, nlp: any NLPService = NoModel(), settings: EngineSettings = .init(),
        customer: CustomerDraft? = nil, store: (MemorySessionStore) -> any SessionStore = { $0 }
    ) async throws {
        clock = ManualClock()
        customers = MemoryCustomerStore(clock: clock, ids: ids)
        sessions = MemorySessionStore(clock: clock, ids: ids)
        stores = .memory(clock: clock)
        keyValues = MemoryKeyValueStore(clock: clock)
        engine = Self.engine(
            snapshot, nlp, settings, store(sessions), customers, stores, keyValues, explanations, clock, ids)
        var customerID = Customer.guestID
        if let customer { customerID = try await customers.create(customer).id }
        let draft = SessionDraft(agentID: snapshot.agent.id, customerID: customerID)
        session = try await engine.createSession(draft, allowGreeting: false, traceID: "t0").id
    }

    /// The same stores with an engine of their own, as after a restart.
    ///
    /// - Parameters:
    ///   - store: What the new engine sees of the sessions; nil: all.
    ///   - node: The new engine among others that live on.
    init(
        after other: Conversation, _ snapshot: AgentSnapshot, nlp: any NLPService = NoModel(),
        settings: EngineSettings = .init(), store: (any SessionStore)? = nil, node: SharedNode? = nil
    ) {
        self = other
        engine = Self.engine(
            snapshot, nlp, settings, store ?? sessions, customers, stores, keyValues, explanations, clock, ids, node)
    }

    private static func engine(
        _ snapshot: AgentSnapshot, _ nlp: any NLPService, _ settings: EngineSettings, _ sessions: any SessionStore,
        _ customers: MemoryCustomerStore, _ stores: EntityStores, _ keyValues: MemoryKeyValueStore,
        _ explanations: MemoryExplanationStore, _ clock: ManualClock, _ ids: CountingIDGenerator,
        _ node: SharedNode? = nil
    ) -> EventEngine {
        EventEngine(
            .init(
                sessions: sessions, customers: customers, tags: MemoryTagStore(clock: clock, ids: ids),
                agents: FakeCatalog(snapshots: [snapshot.agent.id: snapshot]),
                variables: CustomerVariables(
                    values: stores.values, loadedAt: clock.now, clock: clock, ids: ids),
                keyValues: keyValues, memories: stores.memories, nlp: nlp, documents: stores.documents,
                explanations: explanations, node: node,
                clock: clock,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })),
            settings: settings)
    }

    /// The customer says something; returns when it is stored.
    @discardableResult
    func say(_ text: String, trace: TraceID) async throws -> Event {
        try await engine.postCustomerMessage(text, participant: nil, to: session, traceID: trace)
    }

    /// Waits until the turn of `trace` is over and returns its events, the customer's message included.
    func turn(_ trace: TraceID) async throws -> [Event] {
        var next = 0
        while true {
            let events = try await engine.waitForEvents(
                of: session, matching: EventQuery(minOffset: next), timeout: .seconds(3600))
            next = (events.last?.offset ?? next) + 1
            if events.contains(where: { $0.traceID == trace && $0.isCompleted }) { break }
        }
        return try await engine.events(of: session, matching: EventQuery(traceID: trace))
    }

    /// The explanation of the turn of `trace`, which is over; nil when there is none.
    func explanation(_ trace: TraceID) async throws -> JSONValue? {
        try await explanations.find(trace, of: session).map { try JSONParser.parse($0.content) }
    }

    /// Says something and returns the text of the agent's last message of that turn.
    func ask(_ text: String, trace: TraceID) async throws -> String? {
        try await say(text, trace: trace)
        return try await turn(trace).last { $0.kind == .message && $0.source == .aiAgent }
            .flatMap { EventData.text(of: $0.data) }
    }
}

extension Event {
    /// Whether this event ends a turn.
    var isCompleted: Bool {
        EventData.status(of: data) == .ready && data["data"]?["stage"] == "completed"
    }

    /// The event in one word or two, for comparing whole turns.
    var brief: String {
        switch kind {
        case .message: "\(source == .customer ? ">" : "<") \(EventData.text(of: data) ?? "")"
        case .status:
            [data["status"]?.string, data["data"]?["stage"]?.string].compactMap(\.self).joined(separator: " ")
        case .tool:
            "tool \(data["tool_calls"]?.array?.compactMap { $0["tool_id"]?.string }.joined(separator: ",") ?? "")"
        case .custom: "custom"
        }
    }
}

extension AgentSnapshot {
    /// An agent with the parts that a test cares about.
    static func make(
        _ guidelines: [Guideline] = [], tools: [Tool] = [], responses: [CannedResponse] = [],
        agentResponses: [CannedResponseID] = [], mode: CompositionMode = .fluid, handlers: FakeHandlers = .init()
    ) -> AgentSnapshot {
        AgentSnapshot(
            agent: Agent(id: "otto", name: "Otto", description: "A banker.", compositionMode: mode),
            guidelines: guidelines, tools: Dictionary(uniqueKeysWithValues: tools.map { ($0.id, $0) }),
            cannedResponses: responses, agentCannedResponses: agentResponses, handlers: handlers)
    }
}

extension Tool {
    static func make(_ name: String, _ parameters: [ToolParameter] = [], consequential: Bool = false) -> Tool {
        Tool(
            id: ToolID(service: "test", name: name), description: "A tool.", parameters: parameters,
            consequential: consequential)
    }
}
