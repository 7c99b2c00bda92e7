import OrderedCollections
import ParlantCore
import Testing

@testable import ParlantMongo

@Suite("BSON")
struct BSONTests {
    @Test(
        "keeps any JSON as it was",
        arguments: [
            .null, true, 7, .integer(.max), .integer(.min), .number(1), 1.5, -0.0,
            .largeInteger("12345678901234567890"),
            "", "ü\0€", [], [1, [.null], [:]], [:],
            ["z": 1, "a": ["$gt": 1], "": 2, "%": 3, "a.b": 4, "$": 5, "\0": 6, "%2E": 7, "a%": 8, "é.": 9],
            [".\u{308}": 1, "$set": ["$unset": [["$a.$b": .null]]], "%large_integer": "1"],
        ] as [JSONValue])
    func roundTrip(_ json: JSONValue) throws {
        let bytes = BSONWriter.bytes(of: ["v": BSONValue(json)])
        let back = try #require(try BSONReader.document(bytes)["v"]?.json)
        // Also kinds of numbers and the order of keys, which equality does not look at.
        #expect(back.description == json.description)
        #expect(back == json)
        if case .number = json { #expect({ if case .number = back { true } else { false } }()) }
    }

    @Test("escapes only what MongoDB does not take in keys")
    func keys() {
        #expect(["plan", "a$", "ü", "_id", "a b"].allSatisfy { BSONKey.escape($0) == $0 })
        #expect(BSONKey.escape("$a.b%\0") == "%24a%2Eb%25%00")
        #expect(BSONKey.escape("") == "%")
    }

    @Test("is laid out as the specification says")
    func layout() {
        let bytes = BSONWriter.bytes(of: ["a": 1, "b": ["x", true], "d": .date(-1)])
        let expected: [UInt8] =
            [
                48, 0, 0, 0, 0x12, 97, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x04, 98, 0, 18, 0, 0, 0, 0x02, 48, 0, 2, 0, 0, 0,
                120, 0,
            ]
            + [0x08, 49, 0, 1, 0, 0x09, 100, 0] + [UInt8](repeating: 255, count: 8) + [0]
        #expect(bytes == expected)
    }

    @Test("reads numbers of 32 bits, and passes on what only servers send")
    func foreign() throws {
        let id = [UInt8](repeating: 7, count: 12)
        let bytes: [UInt8] = [30, 0, 0, 0, 0x10, 97, 0, 5, 0, 0, 0, 0x07, 98, 0] + id + [0x7F, 99, 0, 0]
        let document = try BSONReader.document(bytes)
        #expect(document == ["a": 5, "b": .other(type: 7, bytes: id), "c": .other(type: 0x7F, bytes: [])])
        #expect(document["b"]?.json == nil)
        #expect(BSONValue.date(1500).json == .string("1970-01-01T00:00:01.500000Z"))
        for year in [-1, 10_000] {
            #expect(BSONValue.date(Int64(year - 1970) * 31_557_600_000).json == nil, "no moment has the year \(year)")
        }
    }

    @Test("refuses every document that is cut off or has a wrong length, and does not crash")
    func damaged() throws {
        let whole = BSONWriter.bytes(of: [
            "a": ["b": [1, "text"]], "c": "ü", "d": .other(type: 5, bytes: [1, 0, 0, 0, 0, 9]),
        ])
        #expect(throws: Never.self) { try BSONReader.document(whole) }
        for length in 0..<whole.count {
            #expect(throws: BSONError.self) { try BSONReader.document(Array(whole.prefix(length))) }
        }
        for index in whole.indices {
            for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
                var bytes = whole
                bytes[index] = value
                // Some changes leave a document; none may read beyond the end.
                _ = try? BSONReader.document(bytes)
            }
        }
    }
}
