import ParlantCore

extension Session {
    /// What ``write(to:)`` writes.
    static let schema = Schema.named(
        "Session",
        .record([
            "id": .string(), "agent_id": .string(), "customer_id": .string(), "creation_utc": .timestamp,
            "title": .nullable(.string()), "mode": .choice(of: Mode.self),
            "consumption_offsets": .record(["client": .integer(0...Int.max)]), "metadata": .dictionary(.anything),
            "labels": .list(.string()),
        ]))

    /// Writes the session as the reference's clients read it.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.string(id.rawValue)
        writer.key("agent_id")
        writer.string(agentID.rawValue)
        writer.key("customer_id")
        writer.string(customerID.rawValue)
        writer.key("creation_utc")
        writer.timestamp(createdAt)
        writer.key("title")
        writer.string(title)
        writer.key("mode")
        writer.string(mode.rawValue)
        writer.key("consumption_offsets")
        writer.beginObject()
        for (consumer, offset) in consumptionOffsets {
            writer.key(consumer)
            writer.integer(offset)
        }
        writer.endObject()
        writer.key("metadata")
        writer.object(metadata)
        writer.key("labels")
        writer.beginArray()
        for label in labels { writer.string(label) }
        writer.endArray()
        writer.endObject()
    }
}

/// Characters of a session's title.
private let titleLength = 0...200

extension SessionQuery {
    /// Reads the query of GET /sessions.
    init(query: inout QueryReader) {
        self.init(filters: &query)
        labels = query.strings("labels")
        page = query.page()
    }

    /// Reads the query of DELETE /sessions.
    init(filters query: inout QueryReader) {
        let agent = query.string("agent_id")
        let customer = query.string("customer_id")
        self.init(agentID: agent.map(AgentID.init(rawValue:)), customerID: customer.map(CustomerID.init(rawValue:)))
    }
}

extension SessionDraft {
    /// Reads the body of POST /sessions. No customer, or an empty one, means the guest.
    init(body: inout FieldReader, _ limits: APILimits) {
        let agent = body.requiredString("agent_id")
        let customer = body.string("customer_id", length: 0...limits.idLength)
        let title = body.string("title", length: titleLength)
        let metadata = body.dictionary("metadata")
        let labels = body.strings("labels")
        self.init(
            agentID: AgentID(agent), customerID: customer.flatMap(CustomerID.init(given:)) ?? Customer.guestID,
            title: title, metadata: metadata ?? [:], labels: OrderedSet(labels ?? []))
    }
}

extension SessionChange {
    /// Reads the body of PATCH /sessions/{id}. Empty ids count as not given; an empty title empties the title.
    init(body: inout FieldReader, _ limits: APILimits) {
        let offsets = body.document("consumption_offsets") { fields in
            fields.integer("client", atLeast: 0).map { ["client": $0] as OrderedDictionary } ?? [:]
        }
        let title = body.string("title", length: titleLength)
        let mode = body.choice("mode", Session.Mode.self)
        let customer = body.string("customer_id", length: 0...limits.idLength)
        let agent = body.string("agent_id", length: 0...limits.idLength)
        let metadata = body.document("metadata") { MetadataChange(body: &$0) }
        let labels = body.document("labels") { fields in
            (upsert: fields.strings("upsert"), remove: fields.strings("remove"))
        }
        self.init(
            agentID: agent.flatMap(AgentID.init(given:)), customerID: customer.flatMap(CustomerID.init(given:)),
            title: title, mode: mode, consumptionOffsets: offsets ?? [:], metadata: metadata ?? .init(),
            addLabels: labels?.upsert ?? [], removeLabels: labels?.remove ?? [], limits: limits.ofChanges)
    }
}

extension Identifier {
    /// The id, unless the text is empty.
    fileprivate init?(given text: String) {
        if text.isEmpty { return nil }
        self.init(text)
    }
}
