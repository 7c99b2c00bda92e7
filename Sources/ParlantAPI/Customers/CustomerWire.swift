import ParlantCore

extension Customer {
    /// What ``write(to:)`` writes.
    static let schema = Schema.named(
        "Customer",
        .record([
            "id": .string(), "creation_utc": .timestamp, "name": .string(), "metadata": .dictionary(.anything),
            "tags": .list(.string()),
        ]))

    /// Writes the customer as the reference's clients read it.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.string(id.rawValue)
        writer.key("creation_utc")
        writer.timestamp(createdAt)
        writer.key("name")
        writer.string(name)
        writer.key("metadata")
        writer.object(metadata)
        writer.key("tags")
        writer.beginArray()
        for tag in tags { writer.string(tag.rawValue) }
        writer.endArray()
        writer.endObject()
    }
}

/// Characters of a customer's name.
private let nameLength = 1...100

extension CustomerQuery {
    /// Reads the query of GET /customers.
    init(query: inout QueryReader) {
        let page = query.page()
        let metadata = query.dictionary("metadata_filter")
        let tags = query.strings("tags").map(TagID.init(rawValue:))
        self.init(tags: tags, metadata: metadata ?? [:], page: page)
    }
}

extension CustomerDraft {
    /// Reads the body of POST /customers. Metadata values may be any JSON; the reference takes strings only.
    init(body: inout FieldReader, _ limits: APILimits) {
        let name = body.requiredString("name", length: nameLength)
        let id = body.string("id", length: 1...limits.idLength)
        let metadata = body.dictionary("metadata")
        let tags = body.strings("tags")
        self.init(
            id: id.map(CustomerID.init(rawValue:)), name: name, metadata: metadata ?? [:],
            tags: OrderedSet((tags ?? []).map(TagID.init(rawValue:))))
    }
}

extension CustomerChange {
    /// Reads the body of PATCH /customers/{id}.
    ///
    /// Takes both spellings that are around: metadata `{set, unset}` of the server and `{set, remove}` of its manual;
    /// tags `{add, remove}` and the manual's bare list, which replaces all.
    init(body: inout FieldReader) {
        let name = body.string("name", length: nameLength)
        let metadata = body.document("metadata") { MetadataChange(body: &$0) }
        let tags = body.stringsOrDocument("tags") { list in
            TagsChange(replacement: OrderedSet(list.map(TagID.init(rawValue:))))
        } document: { fields in
            let add = fields.strings("add")
            let remove = fields.strings("remove")
            return TagsChange(
                add: (add ?? []).map(TagID.init(rawValue:)), remove: (remove ?? []).map(TagID.init(rawValue:)))
        }
        self.init(name: name, metadata: metadata ?? .init(), tags: tags ?? .init())
    }
}

extension CustomerChange {
    /// Whether nothing is to be changed, which is fine even for the guest.
    var isEmpty: Bool {
        name == nil && metadata.set.isEmpty && metadata.unset.isEmpty && tags.replacement == nil && tags.add.isEmpty
            && tags.remove.isEmpty
    }
}

extension MetadataChange {
    /// Reads `{set, unset}`; with `alsoRemove`, `remove`, as the manual has it, means `unset`.
    init(body: inout FieldReader, alsoRemove: Bool = true) {
        let set = body.dictionary("set")
        let unset = body.strings("unset")
        let remove = alsoRemove ? body.strings("remove") : nil
        self.init(set: set ?? [:], unset: (unset ?? []) + (remove ?? []))
    }
}
