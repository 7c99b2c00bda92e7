import ParlantCore
import ParlantStores

/// One change to a session's log, as it stands in the journal.
enum EventChangeStep: Sendable {
    /// The session was created: the log is empty, whatever lies about under its name.
    case begin
    /// An event is new, or changed.
    case put(Event)
    /// Events from this offset on are deleted.
    case cut(Int)
    /// The log ends before this offset, at this moment, or later.
    case end(Int, Timestamp)

    func write(to writer: inout JSONWriter) {
        switch self {
        case .begin:
            writer.key("begin")
            writer.boolean(true)
        case .put(let event):
            writer.key("put")
            writer.object(event.storedForm)
        case .cut(let offset):
            writer.key("cut")
            writer.integer(offset)
        case .end(let next, let moment):
            writer.key("next_offset")
            writer.integer(next)
            writer.key("newest")
            writer.timestamp(moment)
        }
    }

    init(reading fields: FieldReader) throws(StoredFormError) {
        if fields.has("put") {
            self = .put(try Event(inLog: try fields.json("put")))
        } else if fields.has("cut") {
            self = .cut(try fields.offset("cut", in: LogOffsets.ofEnds))
        } else if fields.has("next_offset") {
            self = .end(
                try fields.offset("next_offset", in: LogOffsets.ofEnds), try fields.moment("newest"))
        } else {
            _ = try fields.value("begin")
            self = .begin
        }
    }
}

/// What the file of a log holds, known without reading it.
struct LogEnd: Sendable, Equatable {
    /// Offset after the last one that was ever used.
    var next: Int
    /// Time of the newest event, which may be deleted.
    var newest: Timestamp?
    /// Length of the file.
    var bytes: Int
}

/// The end of one session's log, a line of `events.json`.
struct SavedLogEnd: StoredForm {
    static var formName: String { "end of the events of session" }

    var session: SessionID
    var end: LogEnd

    var members: JSONObject {
        var fields: JSONObject = [
            "id": .string(session.rawValue), "next_offset": .integer(Int64(end.next)),
            "bytes": .integer(Int64(end.bytes)),
        ]
        if let newest = end.newest { fields["newest"] = .string(newest.description) }
        return fields
    }

    init(_ session: SessionID, _ end: LogEnd) {
        self.session = session
        self.end = end
    }

    init(reading fields: FieldReader) throws(StoredFormError) {
        session = try fields.id("id")
        end = LogEnd(
            next: try fields.offset("next_offset", in: LogOffsets.ofEnds),
            newest: fields.has("newest") ? try fields.moment("newest") : nil,
            bytes: try fields.integer("bytes", in: 0...Int.max))
    }
}

extension Event {
    /// About what it takes in memory. O(members).
    var approximateBytes: Int { 200 + data.approximateBytes + JSONValue.object(metadata).approximateBytes }
}

extension JSONValue {
    fileprivate var approximateBytes: Int {
        switch self {
        case .null, .boolean, .integer, .number: 40
        case .largeInteger(let text), .string(let text): 40 + text.utf8.count
        case .array(let elements): elements.reduce(72) { $0 + $1.approximateBytes }
        case .object(let members): members.reduce(104) { $0 + 56 + $1.key.utf8.count + $1.value.approximateBytes }
        }
    }
}
