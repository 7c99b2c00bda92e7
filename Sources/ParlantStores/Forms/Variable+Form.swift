public import OrderedCollections
public import ParlantCore

extension ContextVariable: StoredForm {
    public static var formName: String { entityName }

    public var members: JSONObject {
        var members: JSONObject = ["id": .string(id.rawValue), "name": .string(name)]
        members.put("description", description)
        if let tool { members["tool"] = .object(tool.members) }
        members.put("freshness", freshness?.source)
        members.put("tags", tags)
        scope.put(into: &members)
        members.put("location", location)
        return members
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        var freshness: CronExpression?
        if let text = try fields.optionalString("freshness") {
            guard let rule = CronExpression(text) else { throw fields.error("freshness", "is no rule: '\(text)'") }
            freshness = rule
        }
        self.init(
            id: try fields.id("id"), name: try fields.string("name"),
            description: try fields.optionalString("description"),
            tool: fields.has("tool") ? try ToolID(reading: fields.object("tool")) : nil, freshness: freshness,
            tags: OrderedSet(try fields.ids("tags")), scope: try Scope(reading: fields),
            location: try fields.location())
    }
}

extension VariableValue: StoredForm {
    public static var formName: String { entityName }

    public var members: JSONObject {
        var members: JSONObject = [
            "variable": .string(variable.rawValue), "key": .string(key), "revision": .string(revision),
        ]
        members.put("modified_at", modifiedAt)
        members["data"] = data
        members.put("location", location)
        return members
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            variable: try fields.id("variable"), key: try fields.string("key"),
            revision: try fields.string("revision"), modifiedAt: try fields.moment("modified_at"),
            data: try fields.value("data"), location: try fields.location())
    }
}
