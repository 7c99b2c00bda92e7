public import OrderedCollections
public import ParlantCore

extension CannedResponse: StoredForm {
    public static var formName: String { entityName }

    public var members: JSONObject {
        var members: JSONObject = ["id": .string(id.rawValue), "template": .string(template.source)]
        members.put("signals", signals)
        members.put("field_dependencies", fieldDependencies)
        members.put("fields", fields.map(\.members))
        members.put("tags", tags)
        members.put("metadata", metadata)
        members.put("location", location)
        return members
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        let text = try fields.string("template")
        let template: CannedResponseTemplate
        do {
            template = try CannedResponseTemplate(text)
        } catch {
            throw fields.error("template", "is no template: \(error.message)")
        }
        var placeholders: [CannedResponseField] = []
        for field in try fields.objects("fields") { placeholders.append(try CannedResponseField(reading: field)) }
        self.init(
            id: try fields.id("id"), template: template, signals: try fields.strings("signals"),
            fieldDependencies: try fields.strings("field_dependencies"), fields: placeholders,
            tags: OrderedSet(try fields.ids("tags")), metadata: try fields.json("metadata"),
            location: try fields.location())
    }
}

extension CannedResponseField {
    fileprivate var members: JSONObject {
        var members: JSONObject = ["name": .string(name), "description": .string(description)]
        members.put("examples", examples)
        return members
    }

    fileprivate init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            name: try fields.string("name"), description: try fields.string("description"),
            examples: try fields.strings("examples"))
    }
}
