import HTTPTypes
import ParlantCore

/// `/relationships`.
struct RelationshipRoutes: Sendable {
    private let store: any EntityStore<Relationship>
    private let reader: RelationshipReader
    private let guidelines: any EntityStore<Guideline>
    private let references: EntityReferences
    private let ids: any IDGenerator
    private let limits: APILimits

    init(_ services: APIServices) {
        store = services.entities.relationships
        reader = RelationshipReader(services)
        guidelines = services.entities.guidelines
        references = EntityReferences(services)
        ids = services.ids
        limits = services.limits
    }

    func add(to table: inout RouteTable) {
        table.on(.post, "/relationships") { [self] call in try await create(&call) }
        table.on(.get, "/relationships") { [self] call in try await list(call) }
        table.on(.get, "/relationships/*") { [self] call in
            let found = try await store.read(RelationshipID(call.parameters[0])).entity
            return reply(try await reader.resolve(found))
        }
        table.on(.delete, "/relationships/*") { [self] call in
            try await store.delete(RelationshipID(call.parameters[0]))
            return .noContent
        }
    }

    private func create(_ call: inout Call) async throws -> Reply {
        var body = try await call.body(limits)
        let kind = body.requiredChoice("kind", default: Relationship.Kind.entailment)
        let source = Side(name: "source", body: &body)
        let target = Side(name: "target", body: &body)
        try call.finish(body: body)
        let relationship = Relationship(
            id: RelationshipID(ids.entityID()), kind: kind, source: try source.end(), target: try target.end())
        guard relationship.source != relationship.target else {
            throw APIError.unprocessable("source and target cannot be the same entity")
        }
        try await check(relationship.source)
        try await check(relationship.target)
        let earlier = try await store.list().map(\.entity).filter { $0.repeats(relationship) }
        let stored = try await store.create(relationship).entity
        for repeated in earlier {
            do {
                try await store.delete(repeated.id)
            } catch let error as StoreError where error.code == .notFound {
                continue
            }
        }
        return reply(try await reader.resolve(stored), .created)
    }

    private func check(_ end: Relationship.End) async throws {
        switch end {
        case .guideline(let id): _ = try await guidelines.read(id)
        case .tag(let id): try await references.check([id], owners: [.agents, .journeys])
        case .tool(let id): try await references.check(id)
        }
    }

    private func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let kind = query.choice("kind", Relationship.Kind.self)
        let indirect = query.boolean("indirect") ?? true
        try call.finish(query)
        var ends: [Relationship.End] = []
        if let id = query.string("guideline_id") { ends.append(.guideline(GuidelineID(id))) }
        if let id = query.string("tag_id") { ends.append(.tag(TagID(id))) }
        if let text = query.string("tool_id") { ends.append(.tool(try Self.tool(text))) }
        let found = try await reader.list(touching: ends, kind: kind, indirect: indirect)
        return .json(capacity: 64 + found.count * 512) { writer in writer.array(found) { $0.write(to: &$1) } }
    }

    private static func tool(_ text: String) throws -> ToolID {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
            throw APIError.unprocessable("The tool_id '\(text)' must be written service:tool.")
        }
        return ToolID(service: String(text[..<colon]), name: String(text[colon...].dropFirst()))
    }

    private func reply(_ wire: RelationshipWire, _ status: HTTPResponse.Status = .ok) -> Reply {
        .json(status, capacity: 1024) { wire.write(to: &$0) }
    }
}

/// The fields of one end in the body of POST.
private struct Side {
    let name: String
    let guideline: String?
    let tag: String?
    let tool: ToolID?

    init(name: String, body: inout FieldReader) {
        self.name = name
        guideline = body.nonEmpty("\(name)_guideline")
        tag = body.nonEmpty("\(name)_tag")
        tool = body.tool("\(name)_tool")
    }

    /// - Throws: 422 unless exactly one of them is given.
    func end() throws -> Relationship.End {
        let given = [guideline == nil ? nil : "guideline", tag == nil ? nil : "tag", tool == nil ? nil : "tool"]
            .compactMap { $0 }
        if given.count > 1 {
            throw APIError.unprocessable(
                "A relationship cannot have both a \(name) \(given[0]) and a \(name) \(given[1])")
        }
        if let guideline { return .guideline(GuidelineID(guideline)) }
        if let tag { return .tag(TagID(tag)) }
        if let tool { return .tool(tool) }
        throw APIError.unprocessable(
            "A relationship needs a \(name): give \(name)_guideline, \(name)_tag or \(name)_tool.")
    }
}
