import ParlantCore
import Testing

@Suite("Ids")
struct IdentifierTests {
    /// They look the same; the last two have as many bytes.
    private static let pairs: [(CustomerID, CustomerID)] = [
        ("jos\u{E9}", "jose\u{301}"), ("q\u{307}\u{323}", "q\u{323}\u{307}"),
    ]

    @Test("that look the same and have other bytes are not the same", arguments: pairs)
    func looks(_ first: CustomerID, _ second: CustomerID) {
        #expect(first.rawValue == second.rawValue, "Swift's texts are")
        #expect(first != second)
        #expect(!(first == second))
        #expect((first < second) != (second < first))
        #expect(Optional(first) != second)
        #expect(Set([first, second, CustomerID("" + first.rawValue)]).count == 2)
        #expect([first: 1, second: 2][second] == 2)
        let moment = Timestamp(microseconds: 0)
        let (one, other) = (
            PageCursor(createdAt: moment, id: first.rawValue), PageCursor(createdAt: moment, id: second.rawValue)
        )
        #expect(one != other)
        #expect((one < other) != (other < one))
        #expect(Set([one, other, one]).count == 2)
    }

    @Test("with the same bytes are the same, whatever the texts were made of")
    func bytes() {
        let long = String(repeating: "é", count: 100)
        let made = CustomerID(String(decoding: Array(long.utf8), as: UTF8.self))
        #expect(made == CustomerID(long))
        #expect(!(made != CustomerID(long)))
        #expect(Set([made, CustomerID(long), CustomerID(String(long.dropLast()))]).count == 2)
        #expect(CustomerID("") == "")
        let unsorted: [CustomerID] = ["b", "a", "\u{10000}", "\u{FFFF}"]
        #expect(unsorted.sorted() == ["a", "b", "\u{FFFF}", "\u{10000}"])
    }
}
