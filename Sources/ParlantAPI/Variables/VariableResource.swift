import ParlantCore

/// `/context-variables`, without values.
struct VariableResource: EntityResource {
    /// What ``write(_:to:)`` writes.
    static let schema = Schema.named(
        "ContextVariable",
        .record([
            "id": .string(), "name": .string(), "description": .nullable(.string()),
            "tool_id": .nullable(ToolID.schema), "freshness_rules": .nullable(.string()), "tags": .list(.string()),
        ]))

    let path = "/context-variables"
    let noun = EntityNoun("variable", "variables", in: "context_variables")
    let store: any EntityStore<ContextVariable>
    private let values: any EntityStore<VariableValue>
    private let references: EntityReferences
    private let ids: any IDGenerator

    init(_ services: APIServices) {
        store = services.entities.variables
        values = services.entities.values
        references = EntityReferences(services)
        ids = services.ids
    }

    func draft(_ body: inout FieldReader) -> @Sendable () throws -> ContextVariable {
        let name = body.requiredString("name", length: 1...Int.max)
        let description = body.nonEmpty("description")
        let tool = body.tool("tool_id")
        let rule = body.nonEmpty("freshness_rules")
        let tags = body.tags()
        return { [ids] in
            ContextVariable(
                id: VariableID(ids.entityID()), name: name, description: description, tool: tool,
                freshness: try rule.map(Self.freshness), tags: tags)
        }
    }

    func change(_ body: inout FieldReader) -> EntityChange<ContextVariable> {
        let name = body.string("name", length: 1...Int.max)
        let description = body.nonEmpty("description")
        let tool = body.tool("tool_id")
        let rule = body.nonEmpty("freshness_rules")
        let tags = body.tagsChange()
        return EntityChange(tags: tags, tools: tool.map { [$0] } ?? []) { variable in
            if let name { variable.name = name }
            if let description { variable.description = description }
            if let tool { variable.tool = tool }
            if let rule { variable.freshness = try Self.freshness(rule) }
            tags.apply(to: &variable.tags)
        }
    }

    private static func freshness(_ rule: String) throws -> CronExpression {
        guard let cron = CronExpression(rule) else {
            throw APIError.unprocessable("the provided freshness_rules. contain an invalid cron expression.")
        }
        return cron
    }

    func check(_ variable: ContextVariable) async throws {
        if let tool = variable.tool { try await references.check(tool) }
    }

    /// Deletes the variable, then its values.
    func delete(_ id: VariableID) async throws {
        try await store.delete(id)
        for value in try await values.list(anyOf: [VariableValue.owner(id)]) {
            do {
                try await values.delete(value.entity.id)
            } catch let error as StoreError where error.code == .notFound {
                continue
            }
        }
    }

    var schema: Schema { Self.schema }

    func write(_ stored: Stored<ContextVariable>, to writer: inout JSONWriter) {
        let variable = stored.entity
        writer.beginObject()
        writer.member("id", variable.id.rawValue)
        writer.member("name", variable.name)
        writer.member("description", variable.description)
        writer.member("tool_id", variable.tool)
        writer.member("freshness_rules", variable.freshness?.source)
        writer.member("tags", variable.tags)
        writer.endObject()
    }
}
