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
        table.on(
            .post, "/sessions", .create, query: { $0.boolean("allow_greeting", default: false) },
            body: { [limits] body in SessionDraft(body: &body, limits) }
        ) { [self] _, allowGreeting, draft in try await create(draft, allowGreeting: allowGreeting) }
        table.on(.get, "/sessions", .list, query: { SessionQuery(query: &$0) }) { [self] _, query in
            let found = try await engine.sessions(query)
            return .page(found, isPaged: query.page.limit != nil) { $0.write(to: &$1) }
        }
        table.on(.delete, "/sessions", .deleteMany, query: { SessionQuery(filters: &$0) }) { [self] _, query in
            try await engine.deleteSessions(query)
            return .noContent
        }
        table.on(.get, "/sessions/{session_id}", .read) { [self] call in
            reply(try await engine.session(SessionID(call.parameters[0])))
        }
        table.on(
            .patch, "/sessions/{session_id}", .update, body: { [limits] body in SessionChange(body: &body, limits) }
        ) { [self] call, change in
            reply(try await engine.updateSession(SessionID(call.parameters[0]), change))
        }
        table.on(.delete, "/sessions/{session_id}", .delete) { [self] call in
            try await engine.deleteSession(SessionID(call.parameters[0]))
            return .noContent
        }
    }

    private func create(_ draft: SessionDraft, allowGreeting: Bool) async throws -> Reply {
        try limits.checkMetadata(draft.metadata)
        try limits.checkLabels(draft.labels)
        guard agents.snapshot(of: draft.agentID) != nil else { throw APIError.itemNotFound(draft.agentID.rawValue) }
        let session = try await engine.createSession(draft, allowGreeting: allowGreeting, traceID: ids.traceID())
        return reply(session, .created)
    }

    private func reply(_ session: Session, _ status: HTTPResponse.Status = .ok) -> Reply {
        .json(status) { session.write(to: &$0) }
    }
}

extension Operation {
    fileprivate static let create = Operation(
        "create_session", in: "sessions", as: "create", "Create a session",
        about: "Without a customer it is the guest's. With allow_greeting=true the agent takes a turn at once.",
        .created(Session.schema), refusing: [.notFound])
    fileprivate static let list = Operation(
        "list_sessions", in: "sessions", as: "list", "List sessions",
        about: "Sessions that pass all filters and have all labels. With a limit the answer is a page, without one a "
            + "list of all.",
        .ok(.page(of: Session.schema, named: "SessionPage")))
    fileprivate static let read = Operation(
        "read_session", in: "sessions", as: "retrieve", "Read a session", .ok(Session.schema), refusing: [.notFound])
    fileprivate static let update = Operation(
        "update_session", in: "sessions", as: "update", "Update a session",
        about:
            "What is not given stays as it is. In mode manual the agent does not react to customer messages. Another "
            + "customer or agent counts from the next turn on.",
        .ok(Session.schema), refusing: [.notFound])
    fileprivate static let delete = Operation(
        "delete_session", in: "sessions", as: "delete", "Delete a session with its events",
        about: "Cancels its turn and waits for the end of it, then removes explanations and entries of scripts, too.",
        .noContent, refusing: [.notFound])
    fileprivate static let deleteMany = Operation(
        "delete_sessions", in: "sessions", as: "delete_many", "Delete sessions",
        about: "Those that match both filters; all sessions without any.", .noContent)
}
