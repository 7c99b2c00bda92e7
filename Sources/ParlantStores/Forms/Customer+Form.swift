public import OrderedCollections
public import ParlantCore

extension Customer: StoredForm {
    public static var formName: String { "customer" }

    public var members: JSONObject {
        var fields: JSONObject = ["id": .string(id.rawValue), "name": .string(name)]
        fields.put("created_at", createdAt)
        if updatedAt != createdAt { fields.put("updated_at", updatedAt) }
        fields.put("about", about)
        fields.put("metadata", metadata)
        fields.put("tags", tags)
        return fields
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            id: try fields.id("id"), createdAt: try fields.moment("created_at"),
            updatedAt: try fields.optionalMoment("updated_at"), name: try fields.string("name"),
            about: try fields.optionalString("about"), metadata: try fields.json("metadata"),
            tags: OrderedSet(try fields.ids("tags")))
    }
}

extension Tag: StoredForm {
    public static var formName: String { "tag" }

    public var members: JSONObject {
        var fields: JSONObject = ["id": .string(id.rawValue), "name": .string(name)]
        fields.put("created_at", createdAt)
        return fields
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            id: try fields.id("id"), name: try fields.string("name"), createdAt: try fields.moment("created_at"))
    }
}
