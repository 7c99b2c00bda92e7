import ParlantCore
import Synchronization

/// Writes one turn's events: all with the turn's trace, none after the turn was cancelled or is over.
final class TurnEmitter: TurnEffects {
    private let log: SessionLog
    private let customers: any CustomerStore
    private let variables: CustomerVariables
    let keyValues: any KeyValueStore
    private let documents: DocumentSearch?
    private let shelf: MemoryShelf?
    private let begun: Session
    private let snapshot: AgentSnapshot
    let traceID: TraceID
    let recorder: TurnRecorder
    /// Where calls are written down that cannot be undone; nil for what is no turn.
    let journal: TurnJournal?
    private let isOver = Atomic<Bool>(false)
    private let appended = Atomic<Bool>(false)

    init(
        log: SessionLog, customers: any CustomerStore, variables: CustomerVariables, keyValues: any KeyValueStore,
        memories: MemoryShelf? = nil, documents: DocumentSearch? = nil, session: Session, snapshot: AgentSnapshot,
        traceID: TraceID, recorder: TurnRecorder, journal: TurnJournal? = nil
    ) {
        self.log = log
        self.customers = customers
        self.variables = variables
        self.keyValues = keyValues
        self.documents = documents
        shelf = memories
        begun = session
        self.snapshot = snapshot
        self.traceID = traceID
        self.recorder = recorder
        self.journal = journal
    }

    var agent: Agent { snapshot.agent }
    private var session: SessionID { begun.id }
    private var customerID: CustomerID { begun.customerID }

    var memories: any CustomerMemories {
        TurnMemories(shelf: shelf, agent: agent.id, session: begun, models: recorder.models) { [self] in
            try checkLive()
        }
    }

    /// Whether any event of the turn is in the log.
    var hasAppended: Bool { appended.load(ordering: .acquiring) }

    /// From now on functions of the script can change nothing any more.
    func close() { isOver.store(true, ordering: .releasing) }

    func emitMessage(_ text: String) async throws {
        try await message(.init(text: text))
    }

    func emitStatus(_ status: SessionStatus, _ details: JSONObject) async throws {
        _ = try await self.status(status, details)
    }

    func emitCustom(_ data: JSONValue) async throws {
        try checkLive()
        _ = try await append(.custom, data)
    }

    /// Appends a status.
    func status(_ status: SessionStatus, _ details: JSONObject = [:]) async throws -> Event {
        try checkLive()
        return try await append(.status, EventData.status(status, details))
    }

    func updateSession(_ change: SessionChange) async throws {
        try checkLive()
        _ = try await log.store.update(session, change)
    }

    func updateCustomer(_ change: CustomerChange) async throws {
        try checkLive()
        _ = try await customers.update(customerID, change)
    }

    func setVariable(_ name: String, to value: JSONValue) async throws {
        try checkLive()
        try await variables.set(name, to: value, for: customerID, of: snapshot)
    }

    func customerDocuments(answering question: String, limit: Int) async throws -> [FoundPassage] {
        guard let documents, customerID != Customer.guestID else { return [] }
        return try await documents.search(question, of: [.customer(customerID)], limit: limit, recorder.models)
    }

    func customerDocuments() async throws -> [Document] {
        guard let documents, customerID != Customer.guestID else { return [] }
        return try await documents.documents(of: .customer(customerID))
    }

    /// Appends an agent's message, and returns it as it is when all of it is said. What an agent that streams writes
    /// itself grows word by word; what is fixed is there at once.
    @discardableResult
    func message(_ reply: Reply) async throws -> Event {
        try checkLive()
        let words = agent.outputMode == .stream ? EventData.words(of: reply.text) : nil
        guard reply.isWritten, let words, words.count > 1 else {
            let chunks = words.map { $0.map(JSONValue.string) + [.null] }
            return try await append(.message, data(of: reply, reply.text, chunks), metadata: reply.metadata)
        }
        let message = StreamedMessage(reply, self)
        do {
            for word in words { try await message.add(word) }
        } catch {
            _ = try await message.complete()
            throw error
        }
        guard let event = try await message.complete() else { throw CancellationError() }
        return event
    }

    /// Appends the first piece of a message that grows.
    func begin(_ reply: Reply, with piece: String) async throws -> Event {
        try checkLive()
        return try await append(.message, data(of: reply, piece, [.string(piece)]), metadata: reply.metadata)
    }

    /// Replaces the data of a message that grows.
    func update(_ event: Event, data: JSONValue) async throws -> Event {
        try checkLive()
        return try await log.update(event.id, of: session, EventChange(data: data))
    }

    /// Replaces the data of a message for the last time. Works in a cancelled task, as ``finish(_:)`` does.
    func complete(_ event: Event, data: JSONValue) async throws -> Event {
        try await Task { [log, session] in
            try await log.update(event.id, of: session, EventChange(data: data))
        }.value
    }

    private func data(of reply: Reply, _ text: String, _ chunks: [JSONValue]?) -> JSONValue {
        EventData.agentMessage(
            text, from: Participant(id: agent.id.rawValue, displayName: agent.name), draft: reply.draft,
            cannedResponses: reply.cannedResponses, tags: reply.tags, chunks: chunks)
    }

    /// Appends the results of a round of tool calls, also in a cancelled task: what was done must be known to the turn
    /// that comes next. The source is the agent, as the reference has it on the wire: clients that follow a turn by its
    /// source know no other.
    func toolCalls(_ calls: [JSONValue]) async throws {
        _ = try await Task { [self] in
            try await append(.tool, ["tool_calls": .array(calls)])
        }.value
    }

    /// Keeps the explanation of the turn and appends the statuses that end it; with the last one the turn is closed.
    /// Works in a cancelled task: silence would leave the front end waiting.
    func finish(_ statuses: [JSONValue]) async throws {
        close()
        try await Task { [self] in
            await recorder.save()
            do {
                for (place, status) in statuses.enumerated() {
                    _ = try await append(.status, status, mark: place == statuses.count - 1 ? .closes : nil)
                }
            } catch let error as StoreError where error.isSessionGone {
                await recorder.discard()
                throw error
            }
        }.value
    }

    private func checkLive() throws {
        try Task.checkCancellation()
        guard !isOver.load(ordering: .acquiring) else { throw CancellationError() }
    }

    private func append(
        _ kind: Event.Kind, _ data: JSONValue, metadata: JSONObject = [:], mark: TurnMark? = nil
    ) async throws -> Event {
        let draft = EventDraft(source: .aiAgent, kind: kind, traceID: traceID, data: data, metadata: metadata)
        let event = try await log.append(draft, to: session, mark)
        appended.store(true, ordering: .releasing)
        return event
    }
}
