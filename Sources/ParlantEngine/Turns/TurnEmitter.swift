import ParlantCore
import Synchronization

/// Writes one turn's events: all with the turn's trace, none after the turn was cancelled or is over.
final class TurnEmitter: TurnEffects {
    private let log: SessionLog
    private let customers: any CustomerStore
    private let variables: CustomerVariables
    let keyValues: any KeyValueStore
    private let session: SessionID
    private let customerID: CustomerID
    private let agent: Agent
    let traceID: TraceID
    let recorder: TurnRecorder
    private let isOver = Atomic<Bool>(false)

    init(
        log: SessionLog, customers: any CustomerStore, variables: CustomerVariables, keyValues: any KeyValueStore,
        session: Session, agent: Agent, traceID: TraceID, recorder: TurnRecorder
    ) {
        self.log = log
        self.customers = customers
        self.variables = variables
        self.keyValues = keyValues
        self.session = session.id
        self.customerID = session.customerID
        self.agent = agent
        self.traceID = traceID
        self.recorder = recorder
    }

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
        try await variables.set(name, to: value, for: customerID, of: agent)
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
        let first = data(of: reply, words[0], [.string(words[0])])
        let event = try await append(.message, first, metadata: reply.metadata)
        return try await grow(event, by: words.dropFirst())
    }

    /// Adds the pieces one by one. Whatever happens, the message is completed with those that were added.
    private func grow(_ event: Event, by pieces: some Sequence<String> & Sendable) async throws -> Event {
        var data = event.data
        var interruption: (any Error)?
        do {
            for piece in pieces {
                try checkLive()
                let longer = EventData.appending(piece, to: data)
                _ = try await log.update(event.id, of: session, EventChange(data: longer))
                data = longer
            }
        } catch {
            interruption = error
        }
        let complete = EventData.appending(nil, to: data)
        let last = try await Task { [log, session] in
            try await log.update(event.id, of: session, EventChange(data: complete))
        }.value
        if let interruption { throw interruption }
        return last
    }

    private func data(of reply: Reply, _ text: String, _ chunks: [JSONValue]?) -> JSONValue {
        EventData.agentMessage(
            text, from: Participant(id: agent.id.rawValue, displayName: agent.name), draft: reply.draft,
            cannedResponses: reply.cannedResponses, chunks: chunks)
    }

    /// Appends the results of a round of tool calls. The source is the agent, as the reference has it on the wire:
    /// clients that follow a turn by its source know no other.
    func toolCalls(_ calls: [JSONValue]) async throws {
        try checkLive()
        _ = try await append(.tool, ["tool_calls": .array(calls)])
    }

    /// Keeps the explanation of the turn and appends the statuses that end it. Works in a cancelled task: silence would leave the front end waiting.
    func finish(_ statuses: [JSONValue]) async throws {
        close()
        try await Task { [self] in
            await recorder.save()
            for status in statuses { _ = try await append(.status, status) }
        }.value
    }

    private func checkLive() throws {
        try Task.checkCancellation()
        guard !isOver.load(ordering: .acquiring) else { throw CancellationError() }
    }

    private func append(
        _ kind: Event.Kind, _ data: JSONValue, metadata: JSONObject = [:]
    ) async throws -> Event {
        let draft = EventDraft(source: .aiAgent, kind: kind, traceID: traceID, data: data, metadata: metadata)
        return try await log.append(draft, to: session)
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
    /// Whether a model found the words, so that they come one after the other; what is fixed is there at once.
    var isWritten = false

    static func == (left: Reply, right: Reply) -> Bool {
        left.text == right.text && left.draft == right.draft && left.metadata == right.metadata
            && left.cannedResponses.elementsEqual(right.cannedResponses) { $0 == $1 }
    }
}
