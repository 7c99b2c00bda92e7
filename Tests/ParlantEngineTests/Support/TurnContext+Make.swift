import Logging
import ParlantCore
import ParlantStores
import ParlantTesting

@testable import ParlantEngine

/// Effects of a turn that go nowhere.
struct NoEffects: TurnEffects {
    func emitMessage(_ text: String) async throws {}
    func emitStatus(_ status: SessionStatus, _ details: JSONObject) async throws {}
    func emitCustom(_ data: JSONValue) async throws {}
    func setVariable(_ name: String, to value: JSONValue) async throws {}
    func updateSession(_ change: SessionChange) async throws {}
    func updateCustomer(_ change: CustomerChange) async throws {}
    func customerDocuments(answering question: String, limit: Int) async throws -> [FoundPassage] { [] }
    func customerDocuments() async throws -> [Document] { [] }
    var keyValues: any KeyValueStore { MemoryKeyValueStore(clock: ManualClock()) }
    var memories: any CustomerMemories { NoMemories() }
}

/// Remembers nothing.
struct NoMemories: CustomerMemories {
    func search(_ text: String?, limit: Int) async throws -> [FoundMemory] { [] }
    func remember(_ draft: MemoryDraft) async throws -> Memory { throw CancellationError() }
    func forget(_ id: MemoryID) async throws -> Bool { false }
}

extension TurnContext {
    /// A turn of the agent with a guest, on a given conversation.
    ///
    /// - Parameter said: What the customer and the agent said in turns, the customer first.
    static func make(
        _ snapshot: AgentSnapshot, said: [String] = [], state: AgentState = AgentState(),
        nlp: any NLPService = NoModel(), clock: any TimeSource = ManualClock()
    ) -> TurnContext {
        let now = Timestamp(microseconds: 0)
        let messages = said.enumerated().map { index, text in
            InteractionMessage(role: index.isMultiple(of: 2) ? .customer : .agent, text: text, at: now)
        }
        let models = TurnModels(nlp: nlp, clock: clock)
        return TurnContext(
            snapshot: snapshot, customer: .guest(createdAt: now), customerTags: [],
            session: Session(
                id: "s", agentID: snapshot.agent.id, customerID: Customer.guestID, createdAt: now, agentState: state),
            interaction: Interaction(messages: messages), traceID: "t", effects: NoEffects(),
            models: models,
            recorder: TurnRecorder(
                session: "s", traceID: "t", models: models, store: nil, clock: clock, logger: Logger(label: "test")),
            clock: clock, localTime: LocalTime(Timestamp("2026-03-02T09:30:00Z")!))
    }
}
