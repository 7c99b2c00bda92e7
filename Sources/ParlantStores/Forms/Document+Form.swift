public import ParlantCore

extension Document: StoredForm {
    public static var formName: String { entityName }

    public var members: JSONObject {
        var members: JSONObject = ["id": .string(id.rawValue), "title": .string(title)]
        switch owner {
        case .customer(let id): members["customer"] = .string(id.rawValue)
        case .agent(let id): members["agent"] = .string(id.rawValue)
        }
        switch content {
        case .text(let text): members["content"] = .string(text)
        case .parts(let parts): members["content"] = .array(parts.map(JSONValue.string))
        }
        members.put("metadata", metadata)
        return members
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        let owner: KnowledgeOwner =
            fields.has("customer") ? .customer(try fields.id("customer")) : .agent(try fields.id("agent"))
        let content: Content =
            if let text = try fields.value("content").string { .text(text) } else {
                .parts(try fields.strings("content"))
            }
        self.init(
            id: try fields.id("id"), owner: owner, title: try fields.string("title"), content: content,
            metadata: try fields.json("metadata"))
    }
}
