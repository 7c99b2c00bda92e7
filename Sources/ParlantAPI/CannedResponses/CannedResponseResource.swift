import ParlantCore

/// `/canned_responses`.
struct CannedResponseResource: EntityResource {
    let path = "/canned_responses"
    let noun = EntityNoun("canned_response", "canned_responses")
    let store: any EntityStore<CannedResponse>
    let owners: EntityReferences.Owners = [.agents, .journeys]
    let tagFilter = "tags"
    private let ids: any IDGenerator
    private let limits: APILimits

    init(_ services: APIServices) {
        store = services.entities.cannedResponses
        ids = services.ids
        limits = services.limits
    }

    func draft(_ body: inout FieldReader) -> @Sendable () throws -> CannedResponse {
        let value = body.requiredString("value", length: 1...Int.max)
        let fields = body.requiredDocuments("fields", Self.field)
        let tags = body.tags()
        let signals = body.strings("signals") ?? []
        let metadata = body.dictionary("metadata") ?? [:]
        let dependencies = body.strings("field_dependencies") ?? []
        return { [ids, limits] in
            try limits.checkMetadata(metadata)
            return CannedResponse(
                id: CannedResponseID(ids.entityID()), template: try Self.template(value), signals: signals,
                fieldDependencies: dependencies, fields: fields, tags: tags, metadata: metadata)
        }
    }

    /// Fields go with a value; a value without fields leaves them as they were.
    func change(_ body: inout FieldReader) -> EntityChange<CannedResponse> {
        let value = body.string("value", length: 1...Int.max)
        let fields = body.documents("fields", Self.field)
        let tags = body.tagsChange()
        let metadata = body.metadataChange()
        return EntityChange(tags: tags) { [limits] response in
            if fields != nil, value == nil {
                throw APIError.unprocessable("CannedResponse fields cannot be updated without providing a new value.")
            }
            if let value { response.template = try Self.template(value) }
            if let fields { response.fields = fields }
            tags.apply(to: &response.tags)
            metadata.apply(to: &response.metadata)
            try limits.checkMetadata(response.metadata)
        }
    }

    private static func field(_ body: inout FieldReader) -> CannedResponseField {
        let name = body.requiredString("name", length: 1...Int.max)
        let description = body.requiredString("description")
        return CannedResponseField(
            name: name, description: description, examples: body.requiredStrings("examples"))
    }

    private static func template(_ value: String) throws -> CannedResponseTemplate {
        do {
            return try CannedResponseTemplate(value)
        } catch {
            throw APIError.unprocessable("The value is not a template: \(error.message).")
        }
    }

    var schema: Schema {
        let field: Schema = .named(
            "CannedResponseField",
            .record(["name": .string(), "description": .string(), "examples": .list(.string())]))
        return .named(
            "CannedResponse",
            .record([
                "id": .string(), "creation_utc": .timestamp, "value": .string(), "fields": .list(field),
                "tags": .list(.string()), "signals": .list(.string()), "metadata": .dictionary(.anything),
                "field_dependencies": .list(.string()),
            ]))
    }

    func write(_ stored: Stored<CannedResponse>, to writer: inout JSONWriter) {
        let response = stored.entity
        writer.beginObject()
        writer.member("id", response.id.rawValue)
        writer.member("creation_utc", stored.createdAt)
        writer.member("value", response.template.source)
        writer.key("fields")
        writer.array(response.fields) { field, writer in
            writer.beginObject()
            writer.member("name", field.name)
            writer.member("description", field.description)
            writer.member("examples", field.examples)
            writer.endObject()
        }
        writer.member("tags", response.tags)
        writer.member("signals", response.signals)
        writer.member("metadata", response.metadata)
        writer.member("field_dependencies", response.fieldDependencies)
        writer.endObject()
    }
}
