import ParlantCore

extension Agent {
    /// What ``write(to:)`` writes.
    static let schema = Schema.named(
        "Agent",
        .record([
            "id": .string(), "name": .string(), "description": .nullable(.string()),
            "max_engine_iterations": .integer(1...Int.max), "composition_mode": .choice(of: WireCompositionMode.self),
            "message_output_mode": .choice(of: OutputMode.self), "tags": .list(.string()),
        ]))

    /// Writes the agent as the reference's clients read it; no time of creation, as there.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.string(id.rawValue)
        writer.key("name")
        writer.string(name)
        writer.key("description")
        writer.string(description)
        writer.key("max_engine_iterations")
        writer.integer(maxEngineIterations)
        writer.key("composition_mode")
        writer.string(compositionMode.wire)
        writer.key("message_output_mode")
        writer.string(outputMode.rawValue)
        writer.key("tags")
        writer.beginArray()
        for tag in tags { writer.string(tag.rawValue) }
        writer.endArray()
        writer.endObject()
    }
}
