/// The lines of one journal, read from its beginning.
struct JournalText: Sendable {
    /// Lines that count.
    var lines: [JournalLine] = []
    /// Bytes of those lines. What follows was being written when the process or the machine ended.
    var length = 0

    /// Reads a journal.
    ///
    /// A line that cannot be read was never acknowledged when nothing shows that it was synced: it is the last one, or
    /// those behind it belong to the same group. All else is damage.
    ///
    /// - Parameter previous: Number of the last line of the journal before; nil when there is none.
    /// - Throws: ``Damage`` for a line that is damaged or missing though it was acknowledged.
    init(_ bytes: [UInt8], after previous: Int?) throws(Damage) {
        var next = previous.map { $0 + 1 }
        var bad: Int?
        var unread = 0
        var number = 0
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
            number += 1
            // A line without an end was cut off, whatever it says.
            let line = end.flatMap { JournalLine(bytes[start..<$0]) }
            start = (end ?? bytes.count - 1) + 1
            guard let line, next == nil || line.number >= next! else {
                bad = bad ?? number
                unread += 1
                continue
            }
            if bad == nil, next == nil || line.number == next {
                lines.append(line)
                length = start
                next = line.number + 1
                continue
            }
            let missing = next ?? line.number - unread
            guard line.synced < missing else { throw Damage(line: bad ?? number, missing: missing) }
            bad = bad ?? number
        }
    }

    /// A line in the middle that is not what was once written.
    struct Damage: Error, Equatable {
        /// Line of the file, from 1.
        var line: Int
        /// Number that the line should have.
        var missing: Int
    }
}
