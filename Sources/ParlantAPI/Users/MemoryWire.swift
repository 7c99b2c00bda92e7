import ParlantCore

extension Memory {
    /// What ``write(_:to:)`` writes.
    static let schema = Schema.named(
        "Memory",
        .record([
            "id": .string(), "agent_id": .string(), "user_id": .string(), "content": .string(),
            "created_at": .timestamp, "last_accessed_at": .nullable(.timestamp), "timestamp": .nullable(.timestamp),
            "sentiment": .nullable(.number), "entities": .list(.record(["name": .string()])),
        ]))

    /// Writes a memory as Julep's clients read it, who want an object for each entity.
    static func write(_ stored: Stored<Memory>, to writer: inout JSONWriter) {
        let memory = stored.entity
        writer.beginObject()
        writer.member("id", memory.id.rawValue)
        writer.member("agent_id", memory.agent.rawValue)
        writer.member("user_id", memory.customer.rawValue)
        writer.member("content", memory.content)
        writer.member("created_at", stored.createdAt)
        writer.member("last_accessed_at", orNull: memory.lastAccessedAt)
        writer.member("timestamp", orNull: memory.moment)
        writer.key("sentiment")
        if let sentiment = memory.sentiment { writer.number(sentiment) } else { writer.null() }
        writer.key("entities")
        writer.array(memory.entities) { name, writer in
            writer.beginObject()
            writer.member("name", name)
            writer.endObject()
        }
        writer.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: StaticString, orNull moment: Timestamp?) {
        key(name)
        if let moment { timestamp(moment) } else { null() }
    }
}
