import ParlantCore
import Testing

@testable import ParlantAPI

@Suite("Reading requests")
struct ReadingTests {
    @Test(
        "whole numbers are read as leniently as on the reference",
        arguments: [
            ("5", 5), (" 5 ", 5), ("-5", -5), ("+5", 5), ("5.0", 5), ("5.", 5), ("007", 7), ("5.5", nil), ("", nil),
            ("-", nil), (".0", nil), ("5e3", nil), ("0x5", nil), ("٥", nil),
            ("99999999999999999999", Int.max), ("-99999999999999999999", Int.min),
        ] as [(String, Int?)])
    func integers(text: String, value: Int?) { #expect(IntegerText.parse(text) == value) }

    @Test("cursors come back as they went, and nonsense is none")
    func cursors() {
        for id in ["x", "a|b", "ü€😀", "", String(repeating: "i", count: 1000)] {
            let cursor = PageCursor(createdAt: Timestamp(microseconds: 1_795_250_000_123_456), id: id)
            #expect(PageCursor(wire: cursor.wire) == cursor)
            #expect(!cursor.wire.contains("+") && !cursor.wire.contains("/"))
        }
        for nonsense in ["", "x", "!!!", "MjAyNg==", "fHg="] { #expect(PageCursor(wire: nonsense) == nil) }
    }

    @Test("percent escapes are decoded, and broken ones stay")
    func escapes() {
        let cases = [
            ("a%20b", "a b"), ("a+b", "a+b"), ("%C3%BC", "ü"), ("%", "%"), ("%2", "%2"), ("%zz", "%zz"),
            ("%2f%2F", "//"), ("%25%32%30", "%20"),
        ]
        for (text, decoded) in cases {
            #expect(percentDecoded(text[...].utf8, plusIsSpace: false) == decoded)
        }
        #expect(percentDecoded("a+b%2B"[...].utf8, plusIsSpace: true) == "a b+")
    }

    @Test("of a query parameter that is given twice the last counts, and a bare name is empty")
    func query() {
        var query = QueryReader("a=1&b&a=2&&c=x%3Dy&=z")
        let values = ["a", "b", "c", "d"].map { query.string($0) }
        #expect(values == ["2", "", "x=y", nil])
        let all = query.strings("a")
        #expect(all == ["1", "2"])
    }

    @Test("an event is encoded once and then remembered, without mixing up sessions")
    func encoder() {
        let encoder = EventEncoder()
        func event(_ offset: Int, text: String) -> Event {
            Event(
                id: EventID("e\(offset)"), source: .system, kind: .custom, offset: offset,
                createdAt: Timestamp(microseconds: 0), traceID: "t", data: .string(text))
        }
        let events = (0..<5000).map { event($0, text: "one") }
        let first = encoder.list(events, of: "s1")
        #expect(encoder.list(events, of: "s1") == first)
        let other = encoder.list([event(4999, text: "two")], of: "s2")
        #expect(String(decoding: other, as: UTF8.self).contains(#""data":"two""#))
        #expect(encoder.list([], of: "s1") == Array("[]".utf8))
        #expect(String(decoding: first, as: UTF8.self).hasPrefix(#"[{"id":"e0","source":"system","kind":"custom","#))
    }
}
