import ParlantCore

extension Document {
    /// What ``write(_:to:)`` writes.
    static let schema = Schema.named(
        "Doc",
        .record([
            "id": .string(), "title": .string(), "content": contentSchema, "created_at": .timestamp,
            "metadata": .dictionary(.anything),
        ]))

    /// A text, or a list of texts.
    static let contentSchema = Schema.either([.string(), .list(.string())])

    /// Writes a document as Julep's clients read it.
    static func write(_ stored: Stored<Document>, to writer: inout JSONWriter) {
        let document = stored.entity
        writer.beginObject()
        writer.member("id", document.id.rawValue)
        writer.member("title", document.title)
        writer.key("content")
        writer.value(document.content.json)
        writer.member("created_at", stored.createdAt)
        writer.member("metadata", document.metadata)
        writer.endObject()
    }
}

extension Document.Content {
    /// The text, or the list of texts, as it was given.
    var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .parts(let parts): .array(parts.map(JSONValue.string))
        }
    }
}

/// A document that a client brings.
struct DocumentDraft: Sendable {
    var title: String
    var content: Document.Content
    var metadata: JSONObject

    /// Reads `{title, content, metadata}`.
    init(body: inout FieldReader, _ limits: APILimits) {
        title = body.requiredString("title", length: 1...limits.knowledge.titleLength)
        content = body.requiredContent()
        metadata = body.dictionary("metadata") ?? [:]
    }

    func document(_ id: DocumentID, of owner: KnowledgeOwner) -> Document {
        Document(id: id, owner: owner, title: title, content: content, metadata: metadata)
    }
}

extension Document.Content {
    /// Bytes of all texts.
    var byteCount: Int { texts.reduce(0) { $0 + $1.utf8.count } }
}

extension APILimits {
    /// Refuses a document beyond the limits.
    func check(_ draft: DocumentDraft) throws {
        try checkMetadata(draft.metadata)
        guard draft.content.byteCount <= knowledge.contentBytes else {
            throw APIError.tooLarge("content of a document", limit: knowledge.contentBytes)
        }
        guard draft.content.texts.count <= knowledge.partCount else {
            throw APIError.unprocessable(
                "A document has more than \(knowledge.partCount) texts; join some, or make several documents.")
        }
    }
}

extension FieldReader {
    /// `content`: a text or a list of texts.
    fileprivate mutating func requiredContent() -> Document.Content {
        guard let value = required("content", Document.contentSchema) else { return .text("") }
        let path = path + [.name("content")]
        if value.array != nil { return .parts(strings(value, path) ?? []) }
        return .text(checkedString(value, path, nil) ?? "")
    }
}
