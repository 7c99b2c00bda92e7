public import OrderedCollections
public import ParlantCore

extension Journey: StoredForm {
    public static var formName: String { entityName }

    public var members: JSONObject {
        var members: JSONObject = [
            "id": .string(id.rawValue), "title": .string(title), "description": .string(description),
        ]
        members.put("conditions", conditions)
        members.put("composition_mode", compositionMode)
        members.put("priority", priority, unless: 0)
        members.put("labels", labels)
        members.put("tags", tags)
        if let graph { members["graph"] = .object(graph.members) }
        members.put("canned_responses", cannedResponses)
        members.put("handlers", handlers)
        members.put("location", location)
        return members
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            id: try fields.id("id"), title: try fields.string("title"), description: try fields.string("description"),
            conditions: OrderedSet(try fields.ids("conditions")),
            compositionMode: try fields.optionalChoice("composition_mode"),
            priority: Int(try fields.integer("priority", or: 0)), labels: OrderedSet(try fields.strings("labels")),
            tags: OrderedSet(try fields.ids("tags")),
            graph: fields.has("graph") ? try JourneyGraph(reading: fields.object("graph")) : nil,
            cannedResponses: try fields.ids("canned_responses"), handlers: try fields.choices("handlers"),
            location: try fields.location())
    }
}
