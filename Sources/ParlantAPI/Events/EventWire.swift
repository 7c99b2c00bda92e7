import ParlantCore

extension Event {
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
