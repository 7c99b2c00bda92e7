public import ParlantCore

/// An entity with its moment of creation, as one form: the entity's with `created_at` added.
extension Stored: StoredForm where Entity: StoredForm {
    public static var formName: String { Entity.formName }
    public static var formVersion: Int64 { Entity.formVersion }

    public var members: JSONObject {
        var members = entity.members
        members.put("created_at", createdAt)
        return members
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(try Entity(reading: fields), createdAt: try fields.moment("created_at"))
    }
}
