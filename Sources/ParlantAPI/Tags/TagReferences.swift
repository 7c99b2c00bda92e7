import ParlantCore

/// Checks that tags which a client names exist: tags of the store, and `agent:<id>` for agents that are defined.
struct TagReferences: Sendable {
    private static let agentPrefix = "agent:"

    private let tags: any TagStore
    private let agents: any AgentCatalog

    init(_ services: APIServices) {
        tags = services.tags
        agents = services.agents
    }

    /// - Throws: 404 for the first that does not exist; for `agent:x` it names `x`, as on the reference.
    func check(_ ids: some Sequence<TagID>) async throws {
        for id in ids {
            if id.rawValue.hasPrefix(Self.agentPrefix) {
                let agent = AgentID(String(id.rawValue.dropFirst(Self.agentPrefix.count)))
                guard agents.snapshot(of: agent) != nil else { throw APIError.itemNotFound(agent.rawValue) }
            } else {
                _ = try await tags.read(id)
            }
        }
    }
}
