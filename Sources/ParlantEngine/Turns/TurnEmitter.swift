import ParlantCore
import Synchronization

/// Writes one turn's events: all with the turn's trace, none after the turn was cancelled or is over.
final class TurnEmitter: TurnEffects {
    private let log: SessionLog
    private let customers: any CustomerStore
    private let session: SessionID
    private let customerID: CustomerID
    private let agent: Agent
    let traceID: TraceID
    private let isOver = Atomic<Bool>(false)

    init(
        log: SessionLog, customers: any CustomerStore, session: Session, agent: Agent, traceID: TraceID
    ) {
        self.log = log
        self.customers = customers
        self.session = session.id
        self.customerID = session.customerID
        self.agent = agent
        self.traceID = traceID
    }

    /// From now on functions of the script can change nothing any more.
    func close() { isOver.store(true, ordering: .releasing) }

    func emitMessage(_ text: String) async throws {
        try await message(.init(text: text))
    }

    func emitStatus(_ status: SessionStatus, _ details: JSONObject) async throws {
        try checkLive()
        try await append(.status, EventData.status(status, details))
    }

    func updateSession(_ change: SessionChange) async throws {
        try checkLive()
        _ = try await log.store.update(session, change)
    }

    func updateCustomer(_ change: CustomerChange) async throws {
        try checkLive()
        _ = try await customers.update(customerID, change)
    }

    /// Appends an agent's message.
    func message(_ reply: Reply) async throws {
        try checkLive()
        let participant = Participant(id: agent.id.rawValue, displayName: agent.name)
        let data = EventData.agentMessage(
            reply.text, from: participant, draft: reply.draft, cannedResponses: reply.cannedResponses)
        try await append(.message, data, metadata: reply.metadata)
    }

    /// Appends the results of a round of tool calls. The source is the agent, as the reference has it on the wire:
    /// clients that follow a turn by its source know no other.
    func toolCalls(_ calls: [JSONValue]) async throws {
        try checkLive()
        try await append(.tool, ["tool_calls": .array(calls)])
    }

    /// Appends the statuses that end a turn. Works in a cancelled task: silence would leave the front end waiting.
    func finish(_ statuses: [JSONValue]) async throws {
        close()
        try await Task { [self] in
            for status in statuses { try await append(.status, status) }
        }.value
    }

    private func checkLive() throws {
        try Task.checkCancellation()
        guard !isOver.load(ordering: .acquiring) else { throw CancellationError() }
    }

    private func append(
        _ kind: Event.Kind, _ data: JSONValue, metadata: JSONObject = [:]
    ) async throws {
        let draft = EventDraft(source: .aiAgent, kind: kind, traceID: traceID, data: data, metadata: metadata)
        _ = try await log.append(draft, to: session)
    }
}

/// What the agent says at the end of a turn.
struct Reply: Sendable, Equatable {
    var text: String
    /// What it wanted to say before a canned response took its place.
    var draft: String?
    /// The canned responses that the text was rendered from.
    var cannedResponses: [(id: CannedResponseID, text: String)] = []
    var metadata: JSONObject = [:]

    static func == (left: Reply, right: Reply) -> Bool {
        left.text == right.text && left.draft == right.draft && left.metadata == right.metadata
            && left.cannedResponses.elementsEqual(right.cannedResponses) { $0 == $1 }
    }
}
