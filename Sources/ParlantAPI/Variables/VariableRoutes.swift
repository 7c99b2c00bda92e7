import HTTPTypes
import ParlantCore

/// `/context-variables` and their values.
struct VariableRoutes: Sendable {
    private let resource: VariableResource
    private let routes: EntityRoutes<VariableResource>
    private let values: any EntityStore<VariableValue>
    private let ids: any IDGenerator
    private let clock: any TimeSource

    init(_ services: APIServices) {
        resource = VariableResource(services)
        routes = EntityRoutes(resource, services)
        values = services.entities.values
        ids = services.ids
        clock = services.clock
    }

    func add(to table: inout RouteTable) {
        let (value, limits) = ("\(resource.onePath)/{key}", table.limits)
        routes.addCreation(to: &table)
        routes.addListing(to: &table)
        table.on(
            .get, resource.onePath, .read, query: { $0.boolean("include_values", default: true) }
        ) { [self] call, includesValues in try await read(call, includesValues: includesValues) }
        routes.addChanging(to: &table)
        table.on(.delete, resource.path, .deleteMany, query: { $0.string("tag_id") }) { [self] _, tag in
            try await deleteAll(tag.map(TagID.init(rawValue:)))
        }
        table.on(.put, value, .setValue, body: { $0.required("data") ?? .null }) { [self] call, data in
            try limits.checkID(call.parameters[1], "key")
            return try await set(call, data)
        }
        table.on(.get, value, .readValue) { [self] call in
            let id = try await address(call)
            guard let value = try await values.find(id) else { throw APIError.unknownPath }
            return reply(value.entity)
        }
        table.on(.delete, value, .deleteValue) { [self] call in
            do {
                try await values.delete(try await address(call))
            } catch let error as StoreError where error.code == .notFound && error.entity == VariableValue.entityName {
                let (variable, key) = (call.parameters[0], call.parameters[1])
                throw APIError(.notFound, "Value not found for variable '\(variable)' and key '\(key)'")
            }
            return .noContent
        }
    }

    private func read(_ call: Call, includesValues: Bool) async throws -> Reply {
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

    /// Takes the tag off all variables that have it and deletes those that have none left; without a tag all go. With
    /// one of a script among them, none does.
    private func deleteAll(_ tag: TagID?) async throws -> Reply {
        let variables = try await resource.store.list(anyOf: tag.map { [$0] })
        if let scripted = variables.first(where: { $0.entity.location != nil })?.entity {
            throw StoreError.definedInScript(ContextVariable.entityName, scripted.id, at: scripted.location)
        }
        for variable in variables {
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

    private func set(_ call: Call, _ data: JSONValue) async throws -> Reply {
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
    /// What ``write(to:)`` writes.
    fileprivate static let schema = Schema.named(
        "ContextVariableValue", .record(["id": .string(), "last_modified": .timestamp, "data": .anything]))

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

extension Operation {
    fileprivate static let read = Operation(
        "read_variable", in: "context_variables", as: "retrieve", "Read a variable with its values",
        .ok(
            .named(
                "ContextVariableWithValues",
                .record([
                    "context_variable": VariableResource.schema,
                    "key_value_pairs": .nullable(.dictionary(VariableValue.schema)),
                ]))),
        refusing: [.notFound])
    fileprivate static let deleteMany = Operation(
        "delete_variables", in: "context_variables", as: "delete_many", "Delete variables",
        about: "With a tag: takes it off all variables and deletes those that have none left; without one all go.",
        .noContent, refusing: [.notFound, .conflict])
    fileprivate static let setValue = Operation(
        "update_variable_value", in: "context_variables", as: "set_value", "Set a variable's value for a key",
        about: "The key is a customer's id, tag:<tag id>, or DEFAULT.", .ok(VariableValue.schema),
        refusing: [.notFound, .conflict])
    fileprivate static let readValue = Operation(
        "read_variable_value", in: "context_variables", as: "get_value", "Read a variable's value for a key",
        .ok(VariableValue.schema), refusing: [.notFound])
    fileprivate static let deleteValue = Operation(
        "delete_variable_value", in: "context_variables", as: "delete_value", "Delete a variable's value for a key",
        .noContent, refusing: [.notFound, .conflict])
}
