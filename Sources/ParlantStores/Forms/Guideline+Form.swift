public import OrderedCollections
public import ParlantCore

extension Guideline: StoredForm {
    public static var formName: String { entityName }

    public var members: JSONObject {
        var fields: JSONObject = ["id": .string(id.rawValue)]
        fields.put("condition", content.condition)
        fields.put("action", content.action)
        fields.put("description", content.description)
        fields.put("title", title)
        fields.put("criticality", criticality)
        fields.put("priority", priority, unless: 0)
        fields.put("untracked", !track)
        fields.put("disabled", !enabled)
        fields.put("matcher", matcher.text)
        fields.put("examples", examples)
        fields.put("tools", tools)
        fields.put("canned_responses", cannedResponses)
        fields.put("composition_mode", compositionMode)
        fields.put("handlers", handlers)
        fields.put("tags", tags)
        fields.put("labels", labels)
        fields.put("metadata", metadata)
        scope.put(into: &fields)
        fields.put("location", location)
        return fields
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        let content = GuidelineContent(
            condition: try fields.optionalString("condition"), action: try fields.optionalString("action"),
            description: try fields.optionalString("description"))
        self.init(
            id: try fields.id("id"), content: content, title: try fields.optionalString("title"),
            criticality: try fields.choice("criticality"), priority: Int(try fields.integer("priority", or: 0)),
            track: try !fields.flag("untracked"), matcher: try Matcher(reading: fields),
            examples: try fields.strings("examples"), tools: try fields.tools("tools"),
            cannedResponses: try fields.ids("canned_responses"),
            compositionMode: try fields.optionalChoice("composition_mode"), handlers: try fields.choices("handlers"),
            tags: OrderedSet(try fields.ids("tags")), labels: OrderedSet(try fields.strings("labels")),
            metadata: try fields.json("metadata"), enabled: try !fields.flag("disabled"),
            scope: try Scope(reading: fields), location: try fields.location())
    }
}

extension Guideline.Matcher {
    /// Nil for the usual one.
    fileprivate var text: String? {
        switch self {
        case .condition: nil
        case .always: "always"
        case .code: "code"
        }
    }

    fileprivate init(reading fields: FieldReader) throws(StoredFormError) {
        switch try fields.optionalString("matcher") {
        case nil: self = .condition
        case "always": self = .always
        case "code": self = .code
        case let other?: throw fields.error("matcher", "is '\(other)', and this program knows always, code")
        }
    }
}
