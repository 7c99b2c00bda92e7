import ParlantCore
import ParlantStores

/// The file of one session: a line for each event, and one that says `{"next_offset":6}` where the end was
/// deleted.
///
/// Of several lines with one offset the last one counts.
struct EventFile {
    /// By offset, each at most once.
    private(set) var events: [Event] = []
    /// Offset after the last one that was ever used.
    private(set) var next = 0
    private(set) var newest: Timestamp?

    /// Reads a file. A last line without an end was cut off by a crash; the journal has it.
    ///
    /// - Throws: ``FileDamage`` with the line.
    init(_ bytes: [UInt8], name: String) throws(FileDamage) {
        var places: [Int: Int] = [:]
        var number = 0
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            number += 1
            defer { start = end + 1 }
            guard end > start else { continue }
            do {
                guard let event = try event(bytes[start..<end]) else { continue }
                next = max(next, event.offset + 1)
                newest = max(newest ?? event.createdAt, event.createdAt)
                if let place = places[event.offset] {
                    events[place] = event
                } else {
                    places[event.offset] = events.count
                    events.append(event)
                }
            } catch {
                throw FileDamage(
                    file: name, line: number, problem: "\(error); correct it, or put back a copy of the file")
            }
        }
    }

    private mutating func event(_ line: ArraySlice<UInt8>) throws(StoredFormError) -> Event? {
        let value: JSONValue
        do {
            value = try JSONParser.parse(line)
        } catch {
            throw StoredFormError("this is no JSON: \(error)")
        }
        guard let object = value.object else { throw StoredFormError("this is no object") }
        let fields = FieldReader(object, of: "end of the events")
        if fields.has("next_offset") {
            next = max(next, try fields.offset("next_offset", in: LogOffsets.ofEnds))
            if let moment = object["newest"]?.string.flatMap({ Timestamp($0) }) {
                newest = max(newest ?? moment, moment)
            }
            return nil
        }
        return try Event(inLog: object)
    }

    /// Lines for some events.
    ///
    /// - Parameters:
    ///   - before: Offset at which the lines before these end.
    ///   - end: Offset and moment at which the log ends.
    static func bytes(_ events: [Event], after before: Int, end: (next: Int, newest: Timestamp?)) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in events {
            bytes += event.storedBytes
            bytes.append(UInt8(ascii: "\n"))
        }
        guard (events.last.map { $0.offset + 1 } ?? before) != end.next else { return bytes }
        var members: JSONObject = ["next_offset": .integer(Int64(end.next))]
        if let newest = end.newest { members["newest"] = .string(newest.description) }
        return bytes + JSONWriter.bytes(of: .object(members)) + [UInt8(ascii: "\n")]
    }
}

/// Names of files for ids that may be any text.
enum FileName {
    /// Letters, digits, `-` and `_` stay; all else becomes `%` and two hexadecimal digits. Different ids have different
    /// names. Very long ones end in their length and checksum.
    static func escaped(_ id: String) -> String {
        var name = ""
        for byte in id.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            default: name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        guard name.utf8.count > 200 else { return name }
        return "\(name.prefix(160))%%\(id.utf8.count)-\(Checksum.crc32(id.utf8))"
    }
}
