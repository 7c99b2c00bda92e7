import HTTPTypes
import ParlantCore

/// `/agents`: those of scripts for reading, and those that are created here.
struct AgentRoutes: Sendable {
    private static let nameLength = 1...100

    private let agents: AgentRegistry
    private let references: EntityReferences
    private let ids: any IDGenerator
    private let limits: APILimits

    init(_ services: APIServices) {
        agents = services.entities.agents
        references = EntityReferences(services)
        ids = services.ids
        limits = services.limits
    }

    func add(to table: inout RouteTable) {
        table.on(.post, "/agents") { [self] call in try await create(&call) }
        table.on(.get, "/agents") { [self] _ in
            .json { writer in writer.array(agents.agents()) { $0.write(to: &$1) } }
        }
        table.on(.get, "/agents/*") { [self] call in reply(try read(call)) }
        table.on(.patch, "/agents/*") { [self] call in try await update(&call) }
        table.on(.delete, "/agents/*") { [self] call in
            try await agents.delete(AgentID(call.parameters[0]))
            return .noContent
        }
    }

    private func read(_ call: Call) throws -> Agent {
        let id = AgentID(call.parameters[0])
        guard let agent = agents.snapshot(of: id)?.agent else { throw APIError.itemNotFound(id.rawValue) }
        return agent
    }

    private func create(_ call: inout Call) async throws -> Reply {
        var body = try await call.body(limits)
        let name = body.requiredString("name", length: Self.nameLength)
        let id = body.ownID(limits)
        let description = body.nonEmpty("description")
        let iterations = body.integer("max_engine_iterations", atLeast: 1)
        let mode = body.compositionMode()
        let output = body.choice("message_output_mode", Agent.OutputMode.self)
        let tags = body.tags()
        try call.finish(body: body)
        try await references.check(tags, owners: [])
        let agent = Agent(
            id: AgentID(id ?? ids.entityID()), name: name, description: description,
            maxEngineIterations: iterations ?? 3, compositionMode: mode ?? .free, outputMode: output ?? .block,
            tags: tags)
        return reply(try await agents.create(agent), .created)
    }

    private func update(_ call: inout Call) async throws -> Reply {
        var body = try await call.body(limits)
        let name = body.string("name", length: Self.nameLength)
        let description = body.nonEmpty("description")
        let iterations = body.integer("max_engine_iterations", atLeast: 1)
        let mode = body.compositionMode()
        let output = body.choice("message_output_mode", Agent.OutputMode.self)
        let tags = body.tagsChange()
        try call.finish(body: body)
        let agent = try read(call)
        if let location = agent.location { throw StoreError.definedInScript(Agent.entityName, agent.id, at: location) }
        try await references.check(tags, of: agent.tags, owners: [])
        let changed = try await agents.update(agent.id) { agent in
            if let name { agent.name = name }
            if let description { agent.description = description }
            if let iterations { agent.maxEngineIterations = iterations }
            if let mode { agent.compositionMode = mode }
            if let output { agent.outputMode = output }
            tags.apply(to: &agent.tags)
        }
        return reply(changed)
    }

    private func reply(_ agent: Agent, _ status: HTTPResponse.Status = .ok) -> Reply {
        .json(status) { agent.write(to: &$0) }
    }
}
