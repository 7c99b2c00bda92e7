import HTTPTypes
import ParlantCore
import ParlantEngine

/// `POST /sessions/{id}/events`.
struct EventPosting: Sendable {
    private enum Moderation: String, CaseIterable { case auto, paranoid, none }

    private let engine: EventEngine
    private let agents: any AgentCatalog
    private let ids: any IDGenerator
    private let limits: APILimits

    init(_ services: APIServices) {
        engine = services.engine
        agents = services.agents
        ids = services.ids
        limits = services.limits
    }

    /// Checks the request whole, then the session, then stores: whatever is refused has stored nothing.
    func post(_ call: inout Call) async throws -> Reply {
        var query = call.query
        let moderation = query.choice("moderation", Moderation.self) ?? Moderation.none
        var reader = try await call.body(limits)
        let body = EventBody(body: &reader, limits)
        try call.finish(query, body: reader)
        let request = try EventRequest(body)
        if case .customerMessage = request, moderation != Moderation.none {
            throw APIError.unprocessable(
                "Moderation is not configured on this server; post with moderation=none, or leave it out.")
        }
        try limits.checkMetadata(body.metadata)
        let event = try await perform(request, body, call)
        return Reply(.created, body: EventEncoder.encode(event))
    }

    private func perform(_ request: EventRequest, _ body: EventBody, _ call: Call) async throws -> Event {
        let session = SessionID(call.parameters[0])
        let trace = ids.traceID()
        switch request {
        case .customerMessage(let text, let participant):
            try limits.checkEventData(.string(text))
            return try await engine.postCustomerMessage(
                text, participant: participant, metadata: body.metadata, to: session, traceID: trace)
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
