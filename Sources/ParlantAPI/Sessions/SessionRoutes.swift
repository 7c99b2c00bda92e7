import HTTPTypes
import ParlantCore
import ParlantEngine

/// `/sessions`, without their events.
struct SessionRoutes: Sendable {
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

    func add(to table: inout RouteTable) {
        table.on(.post, "/sessions") { [self] call in try await create(&call) }
        table.on(.get, "/sessions") { [self] call in try await list(call) }
        table.on(.delete, "/sessions") { [self] call in try await deleteAll(call) }
        table.on(.get, "/sessions/*") { [self] call in
            reply(try await engine.session(SessionID(call.parameters[0])))
        }
        table.on(.patch, "/sessions/*") { [self] call in try await update(&call) }
        table.on(.delete, "/sessions/*") { [self] call in
            try await engine.deleteSession(SessionID(call.parameters[0]))
            return .noContent
        }
    }

    private func create(_ call: inout Call) async throws -> Reply {
        var query = call.query
        let allowGreeting = query.boolean("allow_greeting") ?? false
        var body = try await call.body(limits)
        let draft = SessionDraft(body: &body, limits)
        try call.finish(query, body: body)
        try limits.checkMetadata(draft.metadata)
        guard agents.snapshot(of: draft.agentID) != nil else { throw APIError.itemNotFound(draft.agentID.rawValue) }
        let session = try await engine.createSession(draft, allowGreeting: allowGreeting, traceID: ids.traceID())
        return reply(session, .created)
    }

    private func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let page = query.page()
        try call.finish(query)
        let found = try await engine.sessions(
            SessionQuery(
                agentID: query.string("agent_id").map(AgentID.init(rawValue:)),
                customerID: query.string("customer_id").map(CustomerID.init(rawValue:)),
                labels: query.strings("labels"), page: page))
        return .page(found, isPaged: page.limit != nil) { $0.write(to: &$1) }
    }

    private func update(_ call: inout Call) async throws -> Reply {
        var body = try await call.body(limits)
        let change = SessionChange(body: &body, limits)
        try call.finish(body: body)
        try limits.checkMetadata(change.metadata.set)
        return reply(try await engine.updateSession(SessionID(call.parameters[0]), change))
    }

    /// Deletes the sessions that match both filters; all of them without any.
    private func deleteAll(_ call: Call) async throws -> Reply {
        let query = call.query
        try await engine.deleteSessions(
            SessionQuery(
                agentID: query.string("agent_id").map(AgentID.init(rawValue:)),
                customerID: query.string("customer_id").map(CustomerID.init(rawValue:))))
        return .noContent
    }

    private func reply(_ session: Session, _ status: HTTPResponse.Status = .ok) -> Reply {
        .json(status) { session.write(to: &$0) }
    }
}
