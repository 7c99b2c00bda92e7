import ParlantCore

/// Finds relationships, and what stands at their ends.
struct RelationshipReader: Sendable {
    private let store: any EntityStore<Relationship>
    private let entities: EntityCatalog
    private let tags: any TagStore

    init(_ services: APIServices) {
        store = services.entities.relationships
        entities = services.entities
        tags = services.tags
    }

    /// Relationships that touch one of the ends, each once, in order of creation; all of them without any end.
    func list(
        touching ends: [Relationship.End], kind: Relationship.Kind? = nil, indirect: Bool = true
    ) async throws -> [RelationshipWire] {
        let all = try await store.list().map(\.entity).filter { kind == nil || $0.kind == kind }
        var found = all
        if !ends.isEmpty {
            let ids = Set(ends.flatMap { all.connected(to: $0, indirect: indirect).map(\.id) })
            found = all.filter { ids.contains($0.id) }
        }
        var wires: [RelationshipWire] = []
        for relationship in found { wires.append(try await resolve(relationship)) }
        return wires
    }

    /// Deletes what begins or ends there; what a script states stays.
    func deleteAll(touching end: Relationship.End) async throws {
        for relationship in try await store.list()
        where relationship.entity.touches(end) && relationship.entity.location == nil {
            do {
                try await store.delete(relationship.entity.id)
            } catch let error as StoreError where error.code == .notFound {
                continue
            }
        }
    }

    func resolve(_ relationship: Relationship) async throws -> RelationshipWire {
        RelationshipWire(
            relationship: relationship, source: try await resolve(relationship.source),
            target: try await resolve(relationship.target))
    }

    private func resolve(_ end: Relationship.End) async throws -> RelationshipWire.End {
        switch end {
        case .guideline(let id): .guideline(try await entities.guidelines.find(id)?.entity)
        case .tag(let id): .tag(id: id, name: try await name(of: id))
        case .tool(let id): .tool(try await tool(id))
        }
    }

    /// The tag's name, its agent's, or its journey's title; a tag that is gone keeps its id for a name.
    private func name(of tag: TagID) async throws -> String {
        if let agent = tag.owned(by: "agent:") {
            return entities.agents.snapshot(of: AgentID(agent))?.agent.name ?? tag.rawValue
        }
        if let journey = tag.owned(by: "journey:") {
            return try await entities.journeys.find(JourneyID(journey))?.entity.title ?? tag.rawValue
        }
        do {
            return try await tags.read(tag).name
        } catch let error as StoreError where error.code == .notFound {
            return tag.rawValue
        }
    }

    /// A script's tool; of a service outside no more than the name is known.
    private func tool(_ id: ToolID) async throws -> ToolWire? {
        if let tool = entities.tool(id) { return ToolWire(tool: tool, createdAt: entities.scripts.loadedAt) }
        guard let service = try await entities.services.find(Identifier(id.service)), service.entity.location == nil
        else { return nil }
        return ToolWire(tool: Tool(id: id, description: ""), createdAt: service.createdAt)
    }
}
