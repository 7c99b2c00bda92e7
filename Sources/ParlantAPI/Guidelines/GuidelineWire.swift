import ParlantCore

extension Guideline {
    /// What ``write(to:)`` writes.
    static let schema = Schema.named(
        "Guideline",
        .record([
            "id": .string(), "condition": .string(), "action": .nullable(.string()),
            "description": .nullable(.string()), "criticality": .choice(of: Criticality.self), "enabled": .boolean,
            "tags": .list(.string()), "metadata": .dictionary(.anything),
            "composition_mode": .nullable(.choice(of: WireCompositionMode.self)), "track": .boolean,
            "labels": .list(.string()), "priority": .integer(),
        ]))

    /// Writes the guideline as the reference's clients read it. One that only code decides has an empty condition.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", id.rawValue)
        writer.member("condition", content.condition ?? "")
        writer.member("action", content.action)
        writer.member("description", content.description)
        writer.member("criticality", criticality.rawValue)
        writer.member("enabled", enabled)
        writer.member("tags", tags)
        writer.member("metadata", metadata)
        writer.member("composition_mode", compositionMode?.wire)
        writer.member("track", track)
        writer.member("labels", labels)
        writer.member("priority", priority)
        writer.endObject()
    }

    /// Writes which tools it may use. The association's id follows from its ends.
    func writeToolAssociations(to writer: inout JSONWriter) {
        writer.array(tools) { tool, writer in
            writer.beginObject()
            writer.member("id", "\(id)|\(tool)")
            writer.member("guideline_id", id.rawValue)
            writer.member("tool_id", tool)
            writer.endObject()
        }
    }
}
