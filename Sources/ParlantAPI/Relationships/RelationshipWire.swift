import ParlantCore

/// A relationship with what stands at its ends. An end that is gone is written as null, so that no list breaks.
struct RelationshipWire: Sendable {
    /// What stands at one end.
    enum End: Sendable {
        case guideline(Guideline?)
        case tag(id: TagID, name: String)
        case tool(ToolWire?)
    }

    /// What ``write(to:)`` writes.
    static let schema = Schema.named(
        "Relationship",
        .record([
            "id": .string(), "source_guideline": .nullable(Guideline.schema), "source_tag": .nullable(Tag.schema),
            "source_tool": .nullable(ToolWire.schema), "target_guideline": .nullable(Guideline.schema),
            "target_tag": .nullable(Tag.schema), "target_tool": .nullable(ToolWire.schema),
            "kind": .choice(of: Relationship.Kind.self),
        ]))

    let relationship: Relationship
    let source: End
    let target: End

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", relationship.id.rawValue)
        writer.key("source_guideline")
        source.writeGuideline(to: &writer)
        writer.key("source_tag")
        source.writeTag(to: &writer)
        writer.key("source_tool")
        source.writeTool(to: &writer)
        writer.key("target_guideline")
        target.writeGuideline(to: &writer)
        writer.key("target_tag")
        target.writeTag(to: &writer)
        writer.key("target_tool")
        target.writeTool(to: &writer)
        writer.member("kind", relationship.kind.rawValue)
        writer.endObject()
    }
}

extension RelationshipWire.End {
    fileprivate func writeGuideline(to writer: inout JSONWriter) {
        if case .guideline(let guideline?) = self { guideline.write(to: &writer) } else { writer.null() }
    }

    fileprivate func writeTag(to writer: inout JSONWriter) {
        guard case .tag(let id, let name) = self else { return writer.null() }
        writer.beginObject()
        writer.member("id", id.rawValue)
        writer.member("name", name)
        writer.endObject()
    }

    fileprivate func writeTool(to writer: inout JSONWriter) {
        if case .tool(let tool?) = self { tool.write(to: &writer) } else { writer.null() }
    }
}
