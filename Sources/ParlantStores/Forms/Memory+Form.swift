public import ParlantCore

extension Memory: StoredForm {
    public static var formName: String { entityName }

    public var members: JSONObject {
        var members: JSONObject = [
            "id": .string(id.rawValue), "customer": .string(customer.rawValue), "agent": .string(agent.rawValue),
            "kind": .string(kind.rawValue), "content": .string(content), "importance": .number(importance),
        ]
        members.put("entities", entities)
        if let moment { members.put("moment", moment) }
        if let sentiment { members["sentiment"] = .number(sentiment) }
        members.put("session", session?.rawValue)
        if let lastAccessedAt { members.put("last_accessed_at", lastAccessedAt) }
        return members
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            id: try fields.id("id"), customer: try fields.id("customer"), agent: try fields.id("agent"),
            kind: try fields.choice("kind"), content: try fields.string("content"),
            entities: try fields.strings("entities"), moment: try fields.optionalMoment("moment"),
            importance: try fields.number("importance"), sentiment: try fields.optionalNumber("sentiment"),
            session: try fields.optionalID("session"), lastAccessedAt: try fields.optionalMoment("last_accessed_at"))
    }
}
