import HTTPTypes
import ParlantCore

/// `/agents`: reading only, because scripts define agents.
struct AgentRoutes: Sendable {
    private let agents: any AgentCatalog

    init(_ services: APIServices) { agents = services.agents }

    func add(to table: inout RouteTable) {
        table.on(.get, "/agents") { [self] _ in list() }
        table.on(.get, "/agents/*") { [self] call in try read(AgentID(call.parameters[0])) }
    }

    private func list() -> Reply {
        .json { writer in
            writer.beginArray()
            for agent in agents.agents() { agent.write(to: &writer) }
            writer.endArray()
        }
    }

    private func read(_ id: AgentID) throws -> Reply {
        guard let agent = agents.snapshot(of: id)?.agent else { throw APIError.itemNotFound(id.rawValue) }
        return .json { agent.write(to: &$0) }
    }
}
