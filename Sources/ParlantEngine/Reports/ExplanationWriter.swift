import ParlantCore

/// Writes the record of a turn in the form in which it is kept and served.
///
/// One method writes one member of the record; `Explanation.schema` describes them. Long lists and texts are cut by
/// ``ExplanationLimits``; sums are those of everything.
struct ExplanationWriter {
    let report: TurnReport
    var json = JSONWriter(capacity: 8192)
    /// Entries that lists did not take, by the name of the list.
    private var omitted: [(list: StaticString, count: Int)] = []

    init(_ report: TurnReport) { self.report = report }

    /// The record as bytes. O(guidelines and calls).
    consuming func content() -> [UInt8] {
        json.beginObject()
        writeTurn()
        writeGuidelines()
        writeRelationships()
        writeJourneys()
        writeKnowledge()
        writeTools()
        writeHooks()
        writeWording()
        writeModelCalls()
        writeTimes()
        writeOmitted()
        json.endObject()
        return json.bytes
    }

    private mutating func writeTurn() {
        string("trace_id", report.traceID.rawValue)
        string("agent_id", report.agent?.rawValue)
        json.key("began_at")
        json.timestamp(report.began)
        string("ending", report.ending.name)
        json.key("cause")
        json.beginObject()
        string("kind", report.cause.name)
        json.key("offset")
        if case .message(let offset) = report.cause { json.integer(offset) } else { json.null() }
        json.key("messages")
        json.integer(report.answered)
        string("double_text", report.doubleText?.rawValue)
        json.endObject()
    }

    private mutating func writeOmitted() {
        json.key("omitted")
        json.beginObject()
        for (list, count) in omitted {
            json.key(list)
            json.integer(count)
        }
        json.endObject()
    }

    /// A list with as many entries as the limit allows; how many more there were is told at the end of the record.
    mutating func list<Items: Collection>(
        _ name: StaticString, _ items: Items, write: (inout ExplanationWriter, Items.Element) -> Void
    ) {
        json.key(name)
        json.beginArray()
        for item in items.prefix(ExplanationLimits.entries) { write(&self, item) }
        json.endArray()
        if items.count > ExplanationLimits.entries {
            omitted.append((name, items.count - ExplanationLimits.entries))
        }
    }

    /// As ``list(_:_:write:)``, of objects: `write` writes the members of one.
    mutating func records<Items: Collection>(
        _ name: StaticString, _ items: Items, write: (inout ExplanationWriter, Items.Element) -> Void
    ) {
        list(name, items) { writer, item in
            writer.json.beginObject()
            write(&writer, item)
            writer.json.endObject()
        }
    }

    /// A text of ours, such as an id or a name of the record: in full.
    mutating func string(_ name: StaticString, _ text: String?) {
        json.key(name)
        json.string(text)
    }

    /// A text of the author, of a model or of a script: cut.
    mutating func text(_ name: StaticString, _ text: String?) {
        json.key(name)
        json.string(text.map(ExplanationLimits.cut))
    }

    mutating func milliseconds(_ name: StaticString, _ duration: Duration) {
        json.key(name)
        json.number(duration.milliseconds)
    }
}

/// What keeps the record of a turn small, whatever an agent and its tools do.
enum ExplanationLimits {
    /// Most entries of a list.
    static let entries = 200
    /// Most characters, as Unicode counts them, of a text.
    static let characters = 400
    /// Most members of a tool's arguments.
    static let members = 32

    /// The text, or its beginning and an ellipsis.
    static func cut(_ text: String) -> String {
        guard text.utf8.count > characters, text.unicodeScalars.count > characters else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(characters))) + "…"
    }

    /// The value, or the beginning of its JSON as a text when that is long.
    static func cut(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null, .boolean, .integer, .number: return value
        case .string(let text): return .string(cut(text))
        case .array, .object, .largeInteger:
            let text = value.description
            return text.utf8.count <= characters ? value : .string(cut(text))
        }
    }

    /// The object, with each of its members cut. Of names that are the same then, the first stays.
    static func cut(_ object: JSONObject) -> JSONObject {
        let members = object.prefix(members).map { (cut($0.key), cut($0.value)) }
        return JSONObject(members, uniquingKeysWith: { first, _ in first })
    }
}

extension TurnReport.Ending {
    /// One word for programs.
    fileprivate var name: String {
        switch self {
        case .completed: "completed"
        case .unanswered: "unanswered"
        case .cancelled: "cancelled"
        case .failed: "failed"
        }
    }
}

extension TurnReport.Cause {
    /// One word for programs.
    fileprivate var name: String {
        switch self {
        case .message: "message"
        case .request: "request"
        case .guidance: "guidance"
        }
    }
}

extension Duration {
    /// With a fraction; exact to the microsecond.
    var milliseconds: Double {
        let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        return Double(microseconds) / 1000
    }
}
