import ParlantCore
import Testing

@testable import ParlantLocal

@Suite("The lines of a journal")
struct JournalTextTests {
    /// Lines from 1 on; those of a group share what was synced before.
    private func journal(_ groups: [Int], from first: Int = 1) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var synced = first - 1
        for group in groups {
            for _ in 0..<group {
                var bytes: [UInt8] = []
                JournalLine.write(first + lines.count, synced: synced, to: &bytes) { writer in
                    writer.object(["in": "tags", "remove": .string("t\(lines.count)")])
                }
                lines.append(bytes)
            }
            synced = first + lines.count - 1
        }
        return lines
    }

    @Test("come back as they were written")
    func roundTrip() throws {
        let bytes = journal([1, 3]).flatMap(\.self)
        let text = try JournalText(bytes, after: nil)
        #expect(text.lines.map(\.number) == [1, 2, 3, 4])
        #expect(text.lines.map(\.synced) == [0, 1, 1, 1])
        #expect(text.lines[2].changes == [["in": "tags", "remove": "t2"]])
        #expect(text.length == bytes.count)
        #expect(
            String(decoding: journal([1])[0], as: UTF8.self).hasSuffix(
                #","seq":1,"synced":0,"changes":[{"in":"tags","remove":"t0"}]}"# + "\n"))
    }

    @Test("are cut off behind the last whole one, wherever the last group was torn")
    func tornAnywhere() throws {
        let lines = journal([2, 3])
        let acknowledged = lines[0].count + lines[1].count
        let bytes = lines.flatMap(\.self)
        for length in acknowledged...bytes.count {
            let text = try JournalText(Array(bytes.prefix(length)), after: 0)
            #expect(text.lines.count >= 2 && text.length <= length)
            #expect(text.length == lines.prefix(text.lines.count).reduce(0) { $0 + $1.count })
        }
    }

    @Test("of one group may be damaged in any place: nobody was told of any")
    func tornPages() throws {
        let lines = journal([2, 3])
        let start = lines[0].count + lines[1].count
        let bytes = lines.flatMap(\.self)
        for position in start..<bytes.count {
            var damaged = bytes
            damaged[position] = 0
            #expect(try JournalText(damaged, after: 0).lines.count >= 2)
        }
    }

    @Test("that were acknowledged are missed, wherever they are damaged")
    func damage() throws {
        let lines = journal([1, 1, 1])
        let bytes = lines.flatMap(\.self)
        for position in 0..<lines[0].count {
            var damaged = bytes
            damaged[position] ^= 1
            #expect(throws: JournalText.Damage(line: 1, missing: 1)) { try JournalText(damaged, after: 0) }
        }
        #expect(throws: JournalText.Damage(line: 2, missing: 2)) {
            try JournalText(lines[0] + lines[2], after: nil)
        }
        #expect(throws: JournalText.Damage(line: 1, missing: 1)) { try JournalText(lines[1] + lines[2], after: 0) }
    }

    @Test("go on from file to file")
    func files() throws {
        #expect(try JournalText(journal([2], from: 8).flatMap(\.self), after: 7).lines.map(\.number) == [8, 9])
        #expect(try JournalText([], after: 7).lines.isEmpty)
    }

    @Test("have the checksum that zip files have")
    func checksum() {
        #expect(Checksum.crc32("123456789".utf8) == 0xCBF4_3926)
        #expect(Checksum.crc32("".utf8) == 0)
    }
}
