import ParlantCore

extension Customer {
    /// What ``write(to:)`` writes.
    static let schema = Schema.named(
        "Customer",
        .record([
            "id": .string(), "creation_utc": .timestamp, "updated_at": .timestamp, "name": .string(),
            "about": .nullable(.string()), "metadata": .dictionary(.string()), "tags": .list(.string()),
        ]))

    /// Writes the customer as the reference's clients read it. In metadata they take texts only, and refuse a whole list
    /// because of one number in it: other values are written as the text of their JSON. `/users` has them as they are.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.string(id.rawValue)
        writer.key("creation_utc")
        writer.timestamp(createdAt)
        writer.member("updated_at", updatedAt)
        writer.key("name")
        writer.string(name)
        writer.member("about", about)
        writer.key("metadata")
        writer.beginObject()
        for (key, value) in metadata {
            writer.key(key)
            writer.string(value.string ?? value.description)
        }
        writer.endObject()
        writer.key("tags")
        writer.beginArray()
        for tag in tags { writer.string(tag.rawValue) }
        writer.endArray()
        writer.endObject()
    }
}

extension Customer {
    /// Characters of a name.
    static let nameLength = 1...100
}

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
        let name = body.requiredString("name", length: Customer.nameLength)
        let id = body.string("id", length: 1...limits.idLength)
        let about = body.about(limits)?.text
        let metadata = body.dictionary("metadata")
        let tags = body.strings("tags")
        self.init(
            id: id.map(CustomerID.init(rawValue:)), name: name, about: about, metadata: metadata ?? [:],
            tags: OrderedSet((tags ?? []).map(TagID.init(rawValue:))))
    }
}

extension CustomerChange {
    /// Reads the body of PATCH /customers/{id}.
    ///
    /// Takes both spellings that are around: metadata `{set, unset}` of the server and `{set, remove}` of its manual;
    /// tags `{add, remove}` and the manual's bare list, which replaces all.
    init(body: inout FieldReader, _ limits: APILimits) {
        let name = body.string("name", length: Customer.nameLength)
        let about = body.about(limits)
        let metadata = body.document("metadata") { MetadataChange(body: &$0) }
        let tags = body.stringsOrDocument("tags") { list in
            TagsChange(replacement: OrderedSet(list.map(TagID.init(rawValue:))))
        } document: { fields in
            let add = fields.strings("add")
            let remove = fields.strings("remove")
            return TagsChange(
                add: (add ?? []).map(TagID.init(rawValue:)), remove: (remove ?? []).map(TagID.init(rawValue:)))
        }
        self.init(
            name: name, about: about, metadata: metadata ?? .init(), tags: tags ?? .init(), limits: limits.ofChanges)
    }
}

extension CustomerChange {
    /// Whether nothing is to be changed, which is fine even for the guest.
    var isEmpty: Bool { name == nil && about == nil && metadata.isEmpty && tags.isEmpty }
}

extension TagsChange {
    /// Whether nothing is to be changed.
    var isEmpty: Bool { replacement == nil && add.isEmpty && remove.isEmpty }
}

extension MetadataChange {
    /// Whether nothing is to be changed.
    var isEmpty: Bool { replacement == nil && set.isEmpty && unset.isEmpty }

    /// Reads `{set, unset}`; with `alsoRemove`, `remove`, as the manual has it, means `unset`.
    init(body: inout FieldReader, alsoRemove: Bool = true) {
        let set = body.dictionary("set")
        let unset = body.strings("unset")
        let remove = alsoRemove ? body.strings("remove") : nil
        self.init(set: set ?? [:], unset: (unset ?? []) + (remove ?? []))
    }
}
