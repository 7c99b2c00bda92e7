import HTTPTypes
import ParlantCore

/// `/context-variables` and their values.
struct VariableRoutes: Sendable {
    private let resource: VariableResource
    private let routes: EntityRoutes<VariableResource>
    private let values: any EntityStore<VariableValue>
    private let ids: any IDGenerator
    private let clock: any TimeSource
    private let limits: APILimits

    init(_ services: APIServices) {
        resource = VariableResource(services)
        routes = EntityRoutes(resource, services)
        values = services.entities.values
        ids = services.ids
        clock = services.clock
        limits = services.limits
    }

    func add(to table: inout RouteTable) {
        // Before the shared routes, because the first that fits answers.
        table.on(.get, "/context-variables/*") { [self] call in try await read(call) }
        routes.add(to: &table)
        table.on(.delete, "/context-variables") { [self] call in try await deleteAll(call) }
        table.on(.put, "/context-variables/*/*") { [self] call in try await set(&call) }
        table.on(.get, "/context-variables/*/*") { [self] call in
            let id = try await address(call)
            guard let value = try await values.find(id) else { throw APIError.unknownPath }
            return reply(value.entity)
        }
        table.on(.delete, "/context-variables/*/*") { [self] call in
            do {
                try await values.delete(try await address(call))
            } catch let error as StoreError where error.code == .notFound && error.entity == VariableValue.entityName {
                let (variable, key) = (call.parameters[0], call.parameters[1])
                throw APIError(.notFound, "Value not found for variable '\(variable)' and key '\(key)'")
            }
            return .noContent
        }
    }

    private func read(_ call: Call) async throws -> Reply {
        var query = call.query
        let includesValues = query.boolean("include_values") ?? true
        try call.finish(query)
        let variable = try await resource.store.read(VariableID(call.parameters[0]))
        let owner = VariableValue.owner(variable.entity.id)
        let found = includesValues ? try await values.list(anyOf: [owner]).map(\.entity) : nil
        return .json { writer in
            writer.beginObject()
            writer.key("context_variable")
            resource.write(variable, to: &writer)
            writer.key("key_value_pairs")
            if let found {
                writer.beginObject()
                for value in found {
                    writer.key(value.key)
                    value.write(to: &writer)
                }
                writer.endObject()
            } else {
                writer.null()
            }
            writer.endObject()
        }
    }

    /// Takes the tag off all variables that have it and deletes those that have none left; without a tag all go.
    private func deleteAll(_ call: Call) async throws -> Reply {
        let tag = call.query.string("tag_id").map(TagID.init(rawValue:))
        for variable in try await resource.store.list(anyOf: tag.map { [$0] }) {
            do {
                if let tag {
                    let left = try await resource.store.update(variable.entity.id) { $0.tags.remove(tag) }
                    guard left.entity.tags.isEmpty else { continue }
                }
                try await resource.delete(variable.entity.id)
            } catch let error as StoreError where error.code == .notFound {
                continue
            }
        }
        return .noContent
    }

    private func set(_ call: inout Call) async throws -> Reply {
        var body = try await call.body(limits)
        let data = body.required("data") ?? .null
        try call.finish(body: body)
        _ = try await address(call)
        let value = VariableValue(
            variable: VariableID(call.parameters[0]), key: call.parameters[1], revision: ids.entityID(),
            modifiedAt: clock.now, data: data)
        return reply(try await values.save(value).entity)
    }

    /// Where the value is; the variable must exist.
    private func address(_ call: Call) async throws -> Identifier<VariableValue> {
        let variable = try await resource.store.read(VariableID(call.parameters[0])).entity.id
        return VariableValue.id(variable, call.parameters[1])
    }

    private func reply(_ value: VariableValue) -> Reply { .json { value.write(to: &$0) } }
}

extension VariableValue {
    /// Writes the value as the reference's clients read it.
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", revision)
        writer.member("last_modified", modifiedAt)
        writer.key("data")
        writer.value(data)
        writer.endObject()
    }
}
