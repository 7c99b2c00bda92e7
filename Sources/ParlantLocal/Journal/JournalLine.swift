import ParlantCore

/// One line of the journal: all changes of one write, which are done together or not at all.
///
/// `{"crc":"0a1b2c3d","seq":12,"synced":9,"changes":[…]}`, where the checksum is that of all that follows it.
struct JournalLine: Sendable {
    /// Grows by one from line to line, from 1.
    var number: Int
    /// The last line that was on the disk when this one was written. Lines of one group share it.
    var synced: Int
    /// What ``Section/replay(_:)`` of the sections that are named in them takes.
    var changes: [JSONObject]

    /// Bytes before those that the checksum covers.
    private static let coveredFrom = 18
    private static let head = Array(#"{"crc":"00000000","#.utf8)

    /// Writes a line, with its end.
    ///
    /// - Parameter changes: Writes the elements of the list.
    static func write(
        _ number: Int, synced: Int, to bytes: inout [UInt8], _ changes: (inout JSONWriter) -> Void
    ) {
        let start = bytes.count
        bytes += head
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.key("seq")
        writer.integer(number)
        writer.key("synced")
        writer.integer(synced)
        writer.key("changes")
        writer.beginArray()
        changes(&writer)
        writer.endArray()
        writer.endObject()
        // The head has opened the object already.
        bytes += writer.bytes.dropFirst()
        let crc = bytes.withUnsafeBytes {
            Checksum.crc32(UnsafeRawBufferPointer(rebasing: $0[(start + coveredFrom)...]))
        }
        for digit in 0..<8 {
            let nibble = UInt8(crc >> (28 - 4 * digit) & 15)
            bytes[start + 8 + digit] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Reads a line without its end; nil when it is not what was once written.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count > Self.coveredFrom, bytes.starts(with: Self.head.prefix(8)),
            bytes.dropFirst(16).starts(with: Self.head.suffix(2))
        else { return nil }
        let digits = bytes.dropFirst(8).prefix(8)
        guard let crc = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
            case let covered = bytes.dropFirst(Self.coveredFrom),
            covered.withUnsafeBytes({ Checksum.crc32($0) }) == crc,
            let line = try? JSONParser.parse([UInt8(ascii: "{")] + covered),
            let number = line["seq"]?.integer, let synced = line["synced"]?.integer,
            let elements = line["changes"]?.array, case let changes = elements.compactMap(\.object),
            changes.count == elements.count
        else { return nil }
        self.number = Int(number)
        self.synced = Int(synced)
        self.changes = changes
    }
}
