import ParlantCore

extension Customer {
    /// What ``writeUser(to:)`` writes.
    static let userSchema = Schema.named(
        "User",
        .record([
            "id": .string(), "name": .string(), "about": .string(), "created_at": .timestamp,
            "updated_at": .timestamp, "metadata": .dictionary(.anything),
        ]))

    /// Writes the customer as Julep's clients read a user.
    func writeUser(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", id.rawValue)
        writer.member("name", name)
        writer.member("about", about ?? "")
        writer.member("created_at", createdAt)
        writer.member("updated_at", updatedAt)
        writer.member("metadata", metadata)
        writer.endObject()
    }
}

/// A user to be created, with documents.
struct UserDraft: Sendable {
    let name: String
    let about: String?
    let documents: [DocumentDraft]
    let metadata: JSONObject

    /// Reads `{name, about, docs, metadata}`, all of which may be left out.
    init(body: inout FieldReader, _ limits: APILimits) {
        name = body.string("name", length: Customer.nameLength) ?? "User"
        about = body.about(limits)?.text
        documents = body.documents("docs") { DocumentDraft(body: &$0, limits) } ?? []
        metadata = body.dictionary("metadata") ?? [:]
    }

    func customer(_ id: CustomerID) -> CustomerDraft {
        CustomerDraft(id: id, name: name, about: about, metadata: metadata)
    }
}

extension CustomerChange {
    /// Reads the body of PATCH /users/{id}: metadata is merged.
    init(user body: inout FieldReader, _ limits: APILimits) {
        let name = body.string("name", length: Customer.nameLength)
        let about = body.about(limits)
        let metadata = body.dictionary("metadata")
        self.init(
            name: name, about: about, metadata: MetadataChange(set: metadata ?? [:]), limits: limits.ofChanges)
    }

    /// Reads the body of PUT /users/{id}: metadata is replaced.
    init(replacingUser body: inout FieldReader, _ limits: APILimits) {
        let name = body.requiredString("name", length: Customer.nameLength)
        let about = body.requiredString("about", length: 0...limits.knowledge.aboutLength)
        let metadata = body.dictionary("metadata")
        self.init(
            name: name, about: TextChange(about), metadata: MetadataChange(replacement: metadata ?? [:]),
            limits: limits.ofChanges)
    }
}

extension FieldReader {
    /// `about`: what agents are told of somebody. An empty text means nothing.
    mutating func about(_ limits: APILimits) -> TextChange? {
        string("about", length: 0...limits.knowledge.aboutLength).map(TextChange.init)
    }
}

extension TextChange {
    /// What a text that was given does; an empty one removes what is there.
    fileprivate init(_ text: String) { self = text.isEmpty ? .clear : .set(text) }

    /// The text afterwards.
    var text: String? {
        switch self {
        case .set(let text): text
        case .clear: nil
        }
    }
}

extension CustomerQuery {
    /// Reads the query of GET /users.
    init(users query: inout QueryReader) {
        let parameters = ListParameters(query: &query)
        let cursor = query.cursor("cursor")
        self.init(
            metadata: parameters.metadata, includesGuest: false,
            order: parameters.moment == .createdAt ? .creation : .change, offset: parameters.offset,
            page: PageRequest(limit: parameters.limit, cursor: cursor, direction: parameters.direction),
            countsAll: false)
    }
}
