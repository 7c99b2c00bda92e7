public import ParlantCore

extension Relationship: StoredForm {
    public static var formName: String { entityName }

    public var members: JSONObject {
        var members: JSONObject = ["id": .string(id.rawValue)]
        members.put("kind", kind)
        members["source"] = source.form
        members["target"] = target.form
        members.put("group", group)
        members.put("any", quantifier == .any)
        members.put("location", location)
        return members
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            id: try fields.id("id"), kind: try fields.choice("kind"),
            source: try End(reading: fields.object("source")), target: try End(reading: fields.object("target")),
            group: try fields.optionalString("group"), quantifier: try fields.flag("any") ? .any : .all,
            location: try fields.location())
    }
}

extension Relationship.End {
    fileprivate var form: JSONValue {
        switch self {
        case .guideline(let id): ["guideline": .string(id.rawValue)]
        case .tag(let id): ["tag": .string(id.rawValue)]
        case .tool(let id): ["tool": .object(id.members)]
        }
    }

    fileprivate init(reading fields: FieldReader) throws(StoredFormError) {
        if fields.has("guideline") {
            self = .guideline(try fields.id("guideline"))
        } else if fields.has("tag") {
            self = .tag(try fields.id("tag"))
        } else {
            self = .tool(try ToolID(reading: fields.object("tool")))
        }
    }
}

extension Evaluation: StoredForm {
    public static var formName: String { entityName }

    public var members: JSONObject {
        var members: JSONObject = ["id": .string(id.rawValue)]
        members.put("payloads", payloads.map(\.members))
        return members
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        var payloads: [Payload] = []
        for payload in try fields.objects("payloads") { payloads.append(try Payload(reading: payload)) }
        self.init(id: try fields.id("id"), payloads: payloads)
    }
}

extension Evaluation.Payload {
    fileprivate var members: JSONObject {
        var members: JSONObject = ["condition": .string(condition)]
        members.put("action", action)
        members.put("tools", tools)
        members.put("operation", operation)
        members.put("updated_id", updatedID?.rawValue)
        members.put("proposes_action", proposesAction)
        members.put("proposes_properties", proposesProperties)
        members.put("proposes_journey_node", proposesJourneyNode)
        return members
    }

    fileprivate init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            condition: try fields.string("condition"), action: try fields.optionalString("action"),
            tools: try fields.tools("tools"), operation: try fields.choice("operation"),
            updatedID: try fields.optionalID("updated_id"), proposesAction: try fields.flag("proposes_action"),
            proposesProperties: try fields.flag("proposes_properties"),
            proposesJourneyNode: try fields.flag("proposes_journey_node"))
    }
}
