import HTTPTypes
import ParlantCore

/// Checks that what a client names exists.
struct EntityReferences: Sendable {
    /// Owners that stand in tags of some kinds of entities.
    struct Owners: OptionSet, Sendable {
        let rawValue: Int

        static let agents = Owners(rawValue: 1)
        static let journeys = Owners(rawValue: 2)
    }

    private let tags: any TagStore
    private let entities: EntityCatalog

    init(_ services: APIServices) {
        tags = services.tags
        entities = services.entities
    }

    /// - Throws: 404 for the first tag that does not exist; for `agent:x` it names `x`, as on the reference.
    func check(_ ids: some Sequence<TagID>, owners: Owners) async throws {
        for id in ids {
            if owners.contains(.agents), let agent = id.owned(by: "agent:") {
                guard entities.agents.snapshot(of: AgentID(agent)) != nil else { throw APIError.itemNotFound(agent) }
            } else if owners.contains(.journeys), let journey = id.owned(by: "journey:") {
                _ = try await entities.journeys.read(JourneyID(journey))
            } else {
                _ = try await tags.read(id)
            }
        }
    }

    /// Tags that are given must exist, or be there already; tags that are taken away must be there.
    func check(_ change: TagsChange, of held: OrderedSet<TagID>, owners: Owners) async throws {
        let given = (change.replacement.map(Array.init) ?? []) + change.add
        try await check(given.filter { !held.contains($0) }, owners: owners)
        let now = (change.replacement ?? held).union(change.add)
        if let stranger = change.remove.first(where: { !now.contains($0) }) {
            throw APIError.itemNotFound(stranger.rawValue)
        }
    }

    /// A tool of a script must exist. Of a service outside only the service must: what tools it has only it knows.
    func check(_ tool: ToolID) async throws {
        guard try await exists(tool) else {
            throw APIError(
                .notFound, "Tool not found (service='\(tool.service)', tool='\(tool.name)') (id='\(tool.name)')")
        }
    }

    private func exists(_ tool: ToolID) async throws -> Bool {
        if let known = entities.scripts.tools()[tool.service] { return known.contains { $0.id == tool } }
        return try await entities.services.find(Identifier(tool.service)) != nil
    }
}

extension TagID {
    /// What follows the prefix; nil when the tag does not begin with it.
    func owned(by prefix: String) -> String? {
        rawValue.hasPrefix(prefix) ? String(rawValue.dropFirst(prefix.count)) : nil
    }
}
