import HTTPTypes
import ParlantCore

/// `/guidelines`.
struct GuidelineResource: EntityResource {
    let path = "/guidelines"
    let noun = EntityNoun("guideline", "guidelines")
    let store: any EntityStore<Guideline>
    let owners: EntityReferences.Owners = [.agents, .journeys]
    private let journeys: any EntityStore<Journey>
    private let relationships: RelationshipReader
    private let ids: any IDGenerator
    private let limits: APILimits

    init(_ services: APIServices) {
        store = services.entities.guidelines
        journeys = services.entities.journeys
        relationships = RelationshipReader(services)
        ids = services.ids
        limits = services.limits
    }

    func draft(_ body: inout FieldReader) -> @Sendable () throws -> Guideline {
        let condition = body.requiredString("condition")
        let id = body.ownID(limits)
        let action = body.nonEmpty("action")
        let description = body.string("description")
        let criticality = body.choice("criticality", Criticality.self)
        let metadata = body.dictionary("metadata") ?? [:]
        let enabled = body.boolean("enabled")
        let tags = body.tags()
        let mode = body.compositionMode()
        let track = body.boolean("track")
        let labels = OrderedSet(body.strings("labels") ?? [])
        let priority = body.integer("priority", atLeast: .min)
        return { [ids, limits] in
            try limits.checkMetadata(metadata)
            try limits.checkLabels(labels)
            return Guideline(
                id: GuidelineID(id ?? ids.entityID()),
                content: GuidelineContent(condition: condition, action: action, description: description),
                criticality: criticality ?? .medium, priority: priority ?? 0, track: track ?? true,
                compositionMode: mode, tags: tags, labels: labels, metadata: metadata,
                enabled: enabled ?? true)
        }
    }

    /// An action cannot be taken away, and `track` cannot be changed, as on the reference.
    func change(_ body: inout FieldReader) -> EntityChange<Guideline> {
        let condition = body.nonEmpty("condition")
        let action = body.nonEmpty("action")
        let description = body.string("description")
        let criticality = body.choice("criticality", Criticality.self)
        let enabled = body.boolean("enabled")
        let mode = body.compositionMode()
        let priority = body.integer("priority", atLeast: .min)
        let tags = body.tagsChange()
        let metadata = body.metadataChange()
        let labels = body.labelsChange()
        let tools = body.document("tool_associations") { fields in
            let add = fields.documents("add") { $0.toolID() }
            return ToolsChange(add: add ?? [], remove: fields.documents("remove") { $0.toolID() } ?? [])
        }
        return EntityChange(tags: tags, tools: tools?.add ?? []) { [limits] guideline in
            if let condition { guideline.content.condition = condition }
            if let action { guideline.content.action = action }
            if let description { guideline.content.description = description }
            if let criticality { guideline.criticality = criticality }
            if let enabled { guideline.enabled = enabled }
            if let mode { guideline.compositionMode = mode }
            if let priority { guideline.priority = priority }
            tags.apply(to: &guideline.tags)
            try limits.checkLabels(labels, of: guideline.labels)
            labels.apply(to: &guideline.labels)
            try tools?.apply(to: &guideline.tools)
            metadata.apply(to: &guideline.metadata)
            try limits.checkMetadata(guideline.metadata)
        }
    }

    func missing(_ id: GuidelineID) -> APIError? { APIError(.notFound, "Guideline not found") }

    func taken(_ id: GuidelineID) -> APIError? { .unprocessable("Guideline with id '\(id)' already exists") }

    /// The guideline with its relationships, indirect ones too, and the tools that it may use.
    func answer(_ stored: Stored<Guideline>) async throws -> Reply {
        let related = try await relationships.list(touching: [.guideline(stored.entity.id)])
        return .json(capacity: 1024) { writer in
            writer.beginObject()
            writer.key("guideline")
            write(stored, to: &writer)
            writer.key("relationships")
            writer.array(related) { $0.write(to: &$1) }
            writer.key("tool_associations")
            stored.entity.writeToolAssociations(to: &writer)
            writer.endObject()
        }
    }

    /// Deletes the guideline, its relationships, and its places in journeys.
    func delete(_ id: GuidelineID) async throws {
        try await store.delete(id)
        try await relationships.deleteAll(touching: .guideline(id))
        for journey in try await journeys.list() where journey.entity.conditions.contains(id) {
            do {
                try await journeys.update(journey.entity.id) { $0.conditions.remove(id) }
            } catch let error as StoreError where error.code == .notFound {
                continue
            }
        }
    }

    var schema: Schema { Guideline.schema }

    var answerSchema: Schema {
        .named(
            "GuidelineWithRelationships",
            .record([
                "guideline": Guideline.schema, "relationships": .list(RelationshipWire.schema),
                "tool_associations": .list(
                    .named(
                        "ToolAssociation",
                        .record(["id": .string(), "guideline_id": .string(), "tool_id": ToolID.schema]))),
            ]))
    }

    func write(_ stored: Stored<Guideline>, to writer: inout JSONWriter) { stored.entity.write(to: &writer) }
}

/// Tools that a guideline gets and loses, in this order.
private struct ToolsChange: Sendable {
    var add: [ToolID]
    var remove: [ToolID]

    /// - Throws: 404 for a tool that is taken away and was not there.
    func apply(to tools: inout [ToolID]) throws {
        for tool in add where !tools.contains(tool) { tools.append(tool) }
        for tool in remove {
            guard let index = tools.firstIndex(of: tool) else { throw APIError.itemNotFound(tool.description) }
            tools.remove(at: index)
        }
    }
}
