import HTTPTypes
import ParlantCore
import ParlantEngine

/// `POST /sessions/{id}/events`.
struct EventPosting: Sendable {
    /// Whether a customer's message is judged before it is stored.
    enum Judging: String, CaseIterable {
        /// By the service, if there is one.
        case auto
        /// By a service that sees jailbreaks, too; without one nothing is stored.
        case paranoid
        case none
    }

    private let engine: EventEngine
    private let agents: any AgentCatalog
    private let ids: any IDGenerator
    private let limits: APILimits
    private let moderation: (any ModerationService)?

    init(_ services: APIServices) {
        engine = services.engine
        agents = services.agents
        ids = services.ids
        limits = services.limits
        moderation = services.moderation
    }

    /// Reads the query of the request.
    @Sendable static func judging(_ query: inout QueryReader) -> Judging {
        query.choice("moderation", default: Judging.none)
    }

    /// Checks the request whole, then the session, then stores: whatever is refused has stored nothing.
    func post(_ body: EventBody, _ judging: Judging, _ call: Call) async throws -> Reply {
        let request = try EventRequest(body)
        try limits.checkMetadata(body.metadata)
        let event = try await perform(request, body, judging, call)
        return Reply(.created, body: EventEncoder.encode(event))
    }

    private func perform(
        _ request: EventRequest, _ body: EventBody, _ judging: Judging, _ call: Call
    ) async throws -> Event {
        let session = SessionID(call.parameters[0])
        let trace = ids.traceID()
        switch request {
        case .customerMessage(let text, let participant):
            // What the client brings; most bring no name, and a text alone is measured without writing it as JSON.
            try limits.checkEventData(participant.map { EventData.customerMessage(text, from: $0) } ?? .string(text))
            let found = try await judge(text, judging, in: session, call)
            return try await engine.postCustomerMessage(
                text, participant: participant, moderation: found, metadata: body.metadata, to: session, traceID: trace)
        case .humanMessage(let text, let participant):
            return try await post(EventData.agentMessage(text, from: participant), body, session, trace)
        case .messageForAgent(let text):
            let participant = try await agentParticipant(of: session)
            return try await post(EventData.agentMessage(text, from: participant), body, session, trace)
        case .agentTurn:
            _ = try await agentParticipant(of: session)
            return try await call.whileClientWaits { [engine] in
                try await engine.requestTurn(in: session, traceID: trace)
            }
        case .guidedUtterance(let guidance):
            _ = try await agentParticipant(of: session)
            return try await call.whileClientWaits { [engine] in
                try await engine.utter(guidance, in: session, traceID: trace)
            }
        case .custom(let data): return try await post(data, body, session, trace)
        case .status(let status, let details):
            return try await post(EventData.status(status, details), body, session, trace)
        }
    }

    /// Asks the service, after the session, which may not be there.
    ///
    /// - Throws: 422 when the message must be judged and there is no service, 503 when the service does not answer.
    private func judge(
        _ text: String, _ judging: Judging, in session: SessionID, _ call: Call
    ) async throws -> Moderation {
        if judging == .none { return .unflagged }
        if judging == .paranoid, moderation?.catchesJailbreaks != true {
            let lack =
                moderation == nil
                ? "Nobody judges messages on this server" : "No rule of this server is about jailbreaks"
            throw APIError.unprocessable(
                "\(lack), so moderation=paranoid stores none; start it with --moderation-model, or with a rule of the "
                    + "category 'jailbreak' in its configuration file, or post with moderation=auto or none.")
        }
        guard let moderation else { return .unflagged }
        _ = try await engine.session(session)
        do {
            return try await call.whileClientWaits { try await moderation.moderate(text) }
        } catch let error as NLPError {
            throw APIError.tryLater("The message was not stored, because it could not be judged: \(error.message).")
        }
    }

    private func post(
        _ data: JSONValue, _ body: EventBody, _ session: SessionID, _ trace: TraceID
    ) async throws -> Event {
        try limits.checkEventData(data)
        return try await engine.post(
            EventDraft(source: body.source, kind: body.kind, traceID: trace, data: data, metadata: body.metadata),
            to: session)
    }

    private func agentParticipant(of session: SessionID) async throws -> Participant {
        let id = try await engine.session(session).agentID
        guard let agent = agents.snapshot(of: id)?.agent else { throw APIError.itemNotFound(id.rawValue) }
        return Participant(id: id.rawValue, displayName: agent.name)
    }
}
