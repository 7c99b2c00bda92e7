import HTTPTypes
import ParlantCore

/// `/relationships`.
struct RelationshipRoutes: Sendable {
    private let store: any EntityStore<Relationship>
    private let reader: RelationshipReader
    private let guidelines: any EntityStore<Guideline>
    private let references: EntityReferences
    private let ids: any IDGenerator

    init(_ services: APIServices) {
        store = services.entities.relationships
        reader = RelationshipReader(services)
        guidelines = services.entities.guidelines
        references = EntityReferences(services)
        ids = services.ids
    }

    func add(to table: inout RouteTable) {
        table.on(.post, "/relationships", .create, body: { Draft(body: &$0) }) { [self] _, draft in
            try await create(draft)
        }
        table.on(.get, "/relationships", .list, query: { Filters(query: &$0) }) { [self] _, filters in
            let found = try await reader.list(
                touching: try filters.ends(), kind: filters.kind, indirect: filters.indirect)
            return .json(capacity: 64 + found.count * 512) { writer in writer.array(found) { $0.write(to: &$1) } }
        }
        table.on(.get, "/relationships/{relationship_id}", .read) { [self] call in
            let found = try await store.read(RelationshipID(call.parameters[0])).entity
            return reply(try await reader.resolve(found))
        }
        table.on(.delete, "/relationships/{relationship_id}", .delete) { [self] call in
            try await store.delete(RelationshipID(call.parameters[0]))
            return .noContent
        }
    }

    private func create(_ draft: Draft) async throws -> Reply {
        let relationship = Relationship(
            id: RelationshipID(ids.entityID()), kind: draft.kind, source: try draft.source.end(),
            target: try draft.target.end())
        guard relationship.source != relationship.target else {
            throw APIError.unprocessable("source and target cannot be the same entity")
        }
        try await check(relationship.source)
        try await check(relationship.target)
        let earlier = try await store.list().map(\.entity).filter { $0.repeats(relationship) }
        if let scripted = earlier.first(where: { $0.location != nil }) {
            throw StoreError.definedInScript(Relationship.entityName, scripted.id, at: scripted.location)
        }
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

    private func reply(_ wire: RelationshipWire, _ status: HTTPResponse.Status = .ok) -> Reply {
        .json(status, capacity: 1024) { wire.write(to: &$0) }
    }
}

/// The query of GET of all.
private struct Filters: Sendable {
    let kind: Relationship.Kind?
    let indirect: Bool
    let guideline: String?
    let tag: String?
    let tool: String?

    init(query: inout QueryReader) {
        kind = query.choice("kind", Relationship.Kind.self)
        indirect = query.boolean("indirect", default: true)
        guideline = query.string("guideline_id")
        tag = query.string("tag_id")
        tool = query.string("tool_id")
    }

    /// - Throws: 422 for a tool that is not written `service:tool`.
    func ends() throws -> [Relationship.End] {
        var ends: [Relationship.End] = []
        if let guideline { ends.append(.guideline(GuidelineID(guideline))) }
        if let tag { ends.append(.tag(TagID(tag))) }
        if let tool {
            guard let colon = tool.firstIndex(of: ":"), colon != tool.startIndex else {
                throw APIError.unprocessable("The tool_id '\(tool)' must be written service:tool.")
            }
            let id = ToolID(service: String(tool[..<colon]), name: String(tool[colon...].dropFirst()))
            ends.append(.tool(id))
        }
        return ends
    }
}

/// The body of POST.
private struct Draft: Sendable {
    let kind: Relationship.Kind
    let source: Side
    let target: Side

    init(body: inout FieldReader) {
        kind = body.requiredChoice("kind", default: Relationship.Kind.entailment)
        source = Side(name: "source", body: &body)
        target = Side(name: "target", body: &body)
    }
}

/// The fields of one end in the body of POST.
private struct Side: Sendable {
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

extension Operation {
    fileprivate static let create = Operation(
        "create_relationship", in: "relationships", as: "create", "Create a relationship",
        about: "Needs one source and one target. The same relationship again replaces the earlier one.",
        example: ["kind": "priority", "source_guideline": "a guideline's id", "target_guideline": "another's"],
        .created(RelationshipWire.schema), refusing: [.notFound, .conflict])
    fileprivate static let list = Operation(
        "list_relationships", in: "relationships", as: "list", "List relationships",
        about: "Those that touch one of the ends, directly or, unless indirect=false, through others of the same kind. "
            + "tool_id is written service:tool.",
        .ok(.list(RelationshipWire.schema)))
    fileprivate static let read = Operation(
        "read_relationship", in: "relationships", as: "retrieve", "Read a relationship",
        .ok(RelationshipWire.schema), refusing: [.notFound])
    fileprivate static let delete = Operation(
        "delete_relationship", in: "relationships", as: "delete", "Delete a relationship", .noContent,
        refusing: [.notFound, .conflict])
}
