import ParlantCore

extension Event {
    /// What ``write(to:)`` writes. What the data are depends on kind and source.
    static let schema = Schema.named(
        "Event",
        .record([
            "id": .string(), "source": .choice(of: Source.self), "kind": .choice(of: Kind.self),
            "offset": .integer(0...Int.max), "creation_utc": .timestamp, "trace_id": .string(),
            "correlation_id": .string(), "data": .anything, "metadata": .dictionary(.anything), "deleted": .boolean,
        ]))

    /// Writes the event as the reference's clients read it. `correlation_id` is the old name of `trace_id`.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.string(id.rawValue)
        writer.key("source")
        writer.string(source.rawValue)
        writer.key("kind")
        writer.string(kind.rawValue)
        writer.key("offset")
        writer.integer(offset)
        writer.key("creation_utc")
        writer.timestamp(createdAt)
        writer.key("trace_id")
        writer.string(traceID.rawValue)
        writer.key("correlation_id")
        writer.string(traceID.rawValue)
        writer.key("data")
        writer.value(data)
        writer.key("metadata")
        writer.object(metadata)
        writer.key("deleted")
        writer.boolean(false)
        writer.endObject()
    }
}
