import ParlantCore
import ParlantStores
import ParlantTesting
import Synchronization

@testable import ParlantEngine

/// Otto, who remembers and recalls.
extension AgentSnapshot {
    static func remembering(
        _ use: MemoryUse = MemoryUse(remember: true, recall: true), handlers: FakeHandlers = .init(),
        guidelines: [Guideline] = [], tools: [Tool] = []
    ) -> AgentSnapshot {
        var snapshot = AgentSnapshot.make(guidelines, tools: tools, handlers: handlers)
        snapshot.agent.memory = use
        return snapshot
    }
}

extension Conversation {
    /// Ann, unless a test says otherwise.
    static func remembered(
        _ model: any NLPService, as snapshot: AgentSnapshot = .remembering(), settings: EngineSettings = .init(),
        customer: CustomerDraft? = CustomerDraft(id: "ann", name: "Ann"),
        store: (MemorySessionStore) -> any SessionStore = { $0 }
    ) async throws -> Conversation {
        try await Conversation(snapshot, nlp: model, settings: settings, customer: customer, store: store)
    }

    /// What is remembered of a customer, in the order in which it was.
    func memories(of customer: CustomerID = "ann") async throws -> [String] {
        try await stores.memories.list(anyOf: [KnowledgeOwner.customer(customer).tag]).map(\.entity.content)
    }

    /// Returns when no turn runs any more; its last status comes a little before.
    func rest() async {
        while engine.runningTurns > 0 { await Task.yield() }
    }

    /// Lets the pause pass after which conversations are read, and returns when all of them are.
    func pause(_ time: Duration = .seconds(60)) async {
        await rest()
        clock.advance(by: time)
        while let keeper = engine.memories, keeper.count > 0 { await Task.yield() }
    }

    /// Goes on in a new session of a customer.
    func newSession(of customer: CustomerID = "ann", metadata: JSONObject = [:]) async throws -> Conversation {
        var other = self
        let draft = SessionDraft(agentID: "otto", customerID: customer, metadata: metadata)
        other.session = try await engine.createSession(draft, allowGreeting: false, traceID: "t0").id
        return other
    }
}

/// One change of what a model says is worth remembering.
func memoryChange(
    _ operation: String, _ content: String = "", saidIn: Int64 = 1, note: Int64? = nil, importance: Int64 = 8
) -> JSONValue {
    [
        "operation": .string(operation), "note": note.map(JSONValue.integer) ?? .null, "said_in": .integer(saidIn),
        "kind": "fact", "content": .string(content), "entities": [], "when": .null,
        "importance": .integer(importance), "sentiment": 0,
    ]
}

extension ScriptedModel {
    /// A model that answers "Good." and notes what `changes` says about the question.
    static func remembering(_ changes: @escaping @Sendable (String) throws -> [JSONValue]) -> ScriptedModel {
        ScriptedModel([
            "reply": { _ in ["message": "Good."] }, "memories": { ["changes": .array(try changes($0.prompt))] },
        ])
    }

    /// The prompts of one kind, in order.
    func prompts(_ name: String) -> [String] {
        requests.withLock { $0 }.filter { $0.schemaName == name }.map(\.prompt)
    }
}
