import HTTPTypes
import ParlantCore
import ParlantEngine

/// `/agents`: those of scripts for reading, and those that are created here.
struct AgentRoutes: Sendable {
    private let agents: AgentRegistry
    private let references: EntityReferences
    private let knowledge: Knowledge
    private let engine: EventEngine
    private let ids: any IDGenerator
    private let limits: APILimits

    init(_ services: APIServices) {
        agents = services.entities.agents
        references = EntityReferences(services)
        knowledge = services.entities.knowledge
        engine = services.engine
        ids = services.ids
        limits = services.limits
    }

    func add(to table: inout RouteTable) {
        table.on(
            .post, "/agents", .create, body: { [limits] body in AgentFields(creating: &body, limits) }
        ) { [self] _, fields in try await create(fields) }
        table.on(.get, "/agents", .list) { [self] _ in
            .json { writer in writer.array(agents.agents()) { $0.write(to: &$1) } }
        }
        table.on(.get, "/agents/{agent_id}", .read) { [self] call in reply(try read(call)) }
        table.on(.patch, "/agents/{agent_id}", .update, body: { AgentFields(changing: &$0) }) { [self] call, fields in
            try await update(try read(call), fields)
        }
        table.on(.delete, "/agents/{agent_id}", .delete) { [self] call in
            let id = AgentID(call.parameters[0])
            try await agents.delete(id)
            try await knowledge.deleteAll(of: .agent(id))
            engine.forgetAgent(id)
            return .noContent
        }
    }

    private func read(_ call: Call) throws -> Agent {
        let id = AgentID(call.parameters[0])
        guard let agent = agents.snapshot(of: id)?.agent else { throw APIError.itemNotFound(id.rawValue) }
        return agent
    }

    private func create(_ fields: AgentFields) async throws -> Reply {
        try await references.check(fields.tags.replacement ?? [], owners: [])
        var agent = Agent(id: AgentID(fields.id ?? ids.entityID()), name: "")
        fields.apply(to: &agent)
        return reply(try await agents.create(agent), .created)
    }

    private func update(_ agent: Agent, _ fields: AgentFields) async throws -> Reply {
        if let location = agent.location { throw StoreError.definedInScript(Agent.entityName, agent.id, at: location) }
        try await references.check(fields.tags, of: agent.tags, owners: [])
        return reply(try await agents.update(agent.id) { fields.apply(to: &$0) })
    }

    private func reply(_ agent: Agent, _ status: HTTPResponse.Status = .ok) -> Reply {
        .json(status) { agent.write(to: &$0) }
    }
}

extension Operation {
    fileprivate static let create = Operation(
        "create_agent", in: "agents", as: "create", "Create an agent", .created(Agent.schema),
        refusing: [.notFound, .conflict])
    fileprivate static let list = Operation(
        "list_agents", in: "agents", as: "list", "List agents", about: "Those of scripts and those created here.",
        .ok(.list(Agent.schema)))
    fileprivate static let read = Operation(
        "read_agent", in: "agents", as: "retrieve", "Read an agent", .ok(Agent.schema), refusing: [.notFound])
    fileprivate static let update = Operation(
        "update_agent", in: "agents", as: "update", "Update an agent",
        about: "What is not given stays as it is. An agent of a script is changed there.", .ok(Agent.schema),
        refusing: [.notFound, .conflict])
    fileprivate static let delete = Operation(
        "delete_agent", in: "agents", as: "delete", "Delete an agent",
        about: "Its documents and memories go too. Its sessions stay; nobody answers in them any more.", .noContent,
        refusing: [.notFound, .conflict])
}
