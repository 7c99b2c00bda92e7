import ParlantCore

extension ToolID {
    /// How a tool is named on the wire.
    static let schema = Schema.named("ToolId", .record(["service_name": .string(), "tool_name": .string()]))
}

/// Members of objects, as nearly all entities have them.
extension JSONWriter {
    mutating func member(_ name: StaticString, _ text: String?) {
        key(name)
        string(text)
    }

    mutating func member(_ name: StaticString, _ flag: Bool) {
        key(name)
        boolean(flag)
    }

    mutating func member(_ name: StaticString, _ number: Int) {
        key(name)
        integer(number)
    }

    mutating func member(_ name: StaticString, _ moment: Timestamp) {
        key(name)
        timestamp(moment)
    }

    mutating func member(_ name: StaticString, _ texts: some Sequence<String>) {
        key(name)
        array(texts) { $1.string($0) }
    }

    mutating func member(_ name: StaticString, _ tags: OrderedSet<TagID>) {
        key(name)
        array(tags) { $1.string($0.rawValue) }
    }

    mutating func member(_ name: StaticString, _ metadata: JSONObject) {
        key(name)
        object(metadata)
    }

    /// `{service_name, tool_name}`, or null.
    mutating func member(_ name: StaticString, _ tool: ToolID?) {
        key(name)
        guard let tool else { return null() }
        beginObject()
        member("service_name", tool.service)
        member("tool_name", tool.name)
        endObject()
    }

    mutating func array<Item>(_ items: some Sequence<Item>, _ write: (Item, inout JSONWriter) -> Void) {
        beginArray()
        for item in items { write(item, &self) }
        endArray()
    }
}
