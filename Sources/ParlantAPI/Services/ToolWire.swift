import ParlantCore

/// A tool as the reference's clients read it.
struct ToolWire: Sendable {
    /// What ``write(to:)`` writes.
    static let schema = Schema.named(
        "Tool",
        .record([
            "creation_utc": .timestamp, "name": .string(), "description": .string(),
            "parameters": .dictionary(
                .named(
                    "ToolParameter",
                    .record([
                        "type": .choice(["string", "number", "integer", "boolean", "array"]),
                        "description": .nullable(.string()), "enum": .nullable(.list(.anything)),
                    ]))),
            "required": .list(.string()),
        ]))

    let tool: Tool
    let createdAt: Timestamp

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("creation_utc", createdAt)
        writer.member("name", tool.id.name)
        writer.member("description", tool.description)
        writer.key("parameters")
        writer.beginObject()
        for parameter in tool.parameters {
            writer.key(parameter.name)
            writer.beginObject()
            writer.member("type", parameter.kind.wireType)
            writer.member("description", parameter.description)
            writer.key("enum")
            if case .fixed(let choices) = parameter.choices {
                writer.array(choices) { $1.value($0) }
            } else {
                writer.null()
            }
            writer.endObject()
        }
        writer.endObject()
        writer.member("required", tool.parameters.filter(\.isRequired).map(\.name))
        writer.endObject()
    }
}

extension ToolParameter.Kind {
    /// The types that the wire knows; dates, times, paths and ids are written as strings.
    fileprivate var wireType: String {
        switch self {
        case .string, .number, .integer, .boolean, .array: rawValue
        case .date, .datetime, .timedelta, .path, .uuid: ToolParameter.Kind.string.rawValue
        }
    }
}
