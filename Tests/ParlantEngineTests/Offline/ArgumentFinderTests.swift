import ParlantCore
import Testing

@testable import ParlantEngine

/// One row: parameters, a message, what is found.
struct ArgumentRow: Sendable, CustomTestStringConvertible {
    var parameters: [ToolParameter]
    var messages: [String]
    var askedFor: String?
    var expected: JSONObject

    init(_ parameters: [ToolParameter], _ message: String, asked: String? = nil, _ expected: JSONObject) {
        self.parameters = parameters
        messages = [message]
        askedFor = asked
        self.expected = expected
    }

    var testDescription: String { "\(messages)" }
}

private let size = ToolParameter(
    name: "size", kind: .string, choices: .fixed(["small", "large", "extra large"]))
private let quantity = ToolParameter(name: "quantity", kind: .integer)
private let amount = ToolParameter(name: "amount", kind: .number)
private let guests = ToolParameter(name: "num_guests", kind: .integer, displayName: "number of guests")
private let nights = ToolParameter(name: "nights", kind: .integer)
private let day = ToolParameter(name: "date", kind: .date)
private let checkIn = ToolParameter(name: "check_in", kind: .date)
private let checkOut = ToolParameter(name: "check_out", kind: .date)
private let length = ToolParameter(name: "duration", kind: .timedelta)
private let moment = ToolParameter(name: "at", kind: .datetime)
private let key = ToolParameter(name: "key", kind: .uuid)
private let name = ToolParameter(name: "name", kind: .string)
private let email = ToolParameter(name: "email", kind: .string)
private let order = ToolParameter(name: "order_id", kind: .string, displayName: "order number")
private let express = ToolParameter(name: "express", kind: .boolean)
private let toppings = ToolParameter(
    name: "toppings", kind: .array, itemKind: .string, choices: .fixed(["ham", "cheese", "onions"]))
private let floorNumber = ToolParameter(name: "floor", kind: .integer, choices: .fixed([1, 2, 3]))

@Suite("Arguments in customers' messages")
struct ArgumentFinderTests {
    static let rows: [ArgumentRow] = [
        // Choices
        ArgumentRow([size], "A Large pizza, please", ["size": "large"]),
        ArgumentRow([size], "the extra-large one", ["size": "extra large"]),
        ArgumentRow([size], "enlarge it", [:]),
        ArgumentRow([size], "small, not large", ["size": "small"]),
        ArgumentRow([size], "large rather than small", ["size": "large"]),
        ArgumentRow([size], "small… no wait, a large one", ["size": "large"]),
        ArgumentRow([toppings], "cheese and ham but no onions", ["toppings": ["cheese", "ham"]]),
        ArgumentRow([floorNumber], "the second or floor 3", ["floor": 3]),
        ArgumentRow([floorNumber], "floor 9", [:]),
        // Numbers
        ArgumentRow([amount], "I'd like to send 1,250.50", ["amount": 1250.5]),
        ArgumentRow([amount], "1.250,50 € bitte", ["amount": 1250.5]),
        ArgumentRow([amount], "refund me 20 euro", ["amount": 20]),
        ArgumentRow([amount], "it was $1,000", ["amount": 1000]),
        ArgumentRow([amount], "a change of -5 degrees", ["amount": -5]),
        ArgumentRow([amount], "about 2.5 of them", ["amount": 2.5]),
        ArgumentRow([quantity], "twenty boxes", ["quantity": 20]),
        ArgumentRow([quantity], "the 3rd one", [:]),
        ArgumentRow([quantity], "that one is nice", [:]),
        ArgumentRow([quantity], "just one please", ["quantity": 1]),
        ArgumentRow([quantity], "2.5 boxes", [:]),
        ArgumentRow([quantity], "my order 12345 was wrong", [:]),
        ArgumentRow([quantity], "item #77", [:]),
        ArgumentRow([quantity], "at 10:30", [:]),
        ArgumentRow([quantity], "A-113 or B2 or 1.2.3", [:]),
        ArgumentRow([quantity], "it took 3 days", [:]),
        ArgumentRow([quantity], "2 or 3", [:]),
        ArgumentRow([quantity], "2 or 3", asked: "quantity", ["quantity": 2]),
        ArgumentRow([quantity], "quantity: 4, room 7", ["quantity": 4]),
        ArgumentRow([guests, nights], "3 nights for 2 guests", ["num_guests": 2, "nights": 3]),
        ArgumentRow([guests, nights], "we'll be 4", [:]),
        ArgumentRow([guests, nights], "we'll be 4", asked: "num_guests", ["num_guests": 4]),
        // Dates and times
        ArgumentRow([day], "on 2026-12-24", ["date": "2026-12-24"]),
        ArgumentRow([day], "on the 3rd of March 2027", ["date": "2027-03-03"]),
        ArgumentRow([day], "March 3", ["date": "2027-03-03"]),
        ArgumentRow([day], "Dec 1st, 2026 works", ["date": "2026-12-01"]),
        ArgumentRow([day], "today", ["date": "2026-11-21"]),
        ArgumentRow([day], "tomorrow at 10", ["date": "2026-11-22"]),
        ArgumentRow([day], "the day after tomorrow", ["date": "2026-11-23"]),
        ArgumentRow([day], "Saturday", ["date": "2026-11-28"]),
        ArgumentRow([day], "on friday", ["date": "2026-11-27"]),
        ArgumentRow([day], "next Monday", ["date": "2026-11-23"]),
        ArgumentRow([day], "last Saturday", ["date": "2026-11-14"]),
        ArgumentRow([day], "31 February", [:]),
        ArgumentRow([day], "25/12/2026", ["date": "2026-12-25"]),
        ArgumentRow([day], "03/04/2026", [:]),
        ArgumentRow([day], "24.12.2026.", ["date": "2026-12-24"]),
        ArgumentRow([day], "29 February", ["date": "2028-02-29"]),
        ArgumentRow([day], "it may be fine", [:]),
        ArgumentRow(
            [checkIn, checkOut], "from 3 March to 5 March", ["check_in": "2027-03-03", "check_out": "2027-03-05"]),
        ArgumentRow([checkIn, checkOut], "3 March", [:]),
        ArgumentRow([day, quantity], "2 tickets for 24 December", ["date": "2026-12-24", "quantity": 2]),
        ArgumentRow([moment], "at 2026-12-24T18:00:00Z.", ["at": "2026-12-24T18:00:00Z"]),
        ArgumentRow([moment], "at 2026-12-24", [:]),
        // Durations
        ArgumentRow([length], "for 2 hours", ["duration": 7200]),
        ArgumentRow([length], "1 hour and 30 minutes", ["duration": 5400]),
        ArgumentRow([length], "90min", ["duration": 5400]),
        ArgumentRow([length], "half an hour", ["duration": 1800]),
        ArgumentRow([length], "an hour", ["duration": 3600]),
        ArgumentRow([length], "two weeks", ["duration": 1_209_600]),
        ArgumentRow([length], "2 months", [:]),
        // Codes, names, quotes
        ArgumentRow(
            [key], "it is 8b2f7b1e-6a44-4b0e-9a3e-3f3c1f2a9d10!", ["key": "8b2f7b1e-6a44-4b0e-9a3e-3f3c1f2a9d10"]),
        ArgumentRow([email], "mail me at ann.lee@example.com.", ["email": "ann.lee@example.com"]),
        ArgumentRow([email], "I am @home", [:]),
        ArgumentRow([order], "where is order A-113?", ["order_id": "A-113"]),
        ArgumentRow([order], "my order number is 12345.", ["order_id": "12345"]),
        ArgumentRow([order], "order no. #778", ["order_id": "778"]),
        ArgumentRow([order], "my order is late", [:]),
        ArgumentRow([order], "my order has 3 items", [:]),
        ArgumentRow([name], "my name is Ann Lee and I need help", ["name": "Ann Lee"]),
        ArgumentRow([name], "my name is ann", ["name": "ann"]),
        ArgumentRow([name], "Name: Zoë", ["name": "Zoë"]),
        ArgumentRow([name], "the name is wrong", [:]),
        ArgumentRow([name], "put \"Best wishes\" on it", ["name": "Best wishes"]),
        ArgumentRow([name], "it's Ann's and I don't mind", [:]),
        ArgumentRow([name], "Ann Lee", [:]),
        ArgumentRow([name], "Ann Lee", asked: "name", ["name": "Ann Lee"]),
        ArgumentRow([name], "It's Ann Lee.", asked: "name", ["name": "Ann Lee"]),
        ArgumentRow([name], "hm, I think it is 1001", asked: "name", ["name": "1001"]),
        ArgumentRow([name], "It's A-113, thanks", asked: "name", ["name": "A-113"]),
        ArgumentRow([name], "12 Main Street please", asked: "name", ["name": "12 Main Street"]),
        ArgumentRow([name], "I don't know", asked: "name", [:]),
        ArgumentRow([name], "why do you need it?", asked: "name", [:]),
        ArgumentRow([name, email], "Ann, ann@example.com", ["email": "ann@example.com"]),
        // Booleans
        ArgumentRow([express], "express: yes", ["express": true]),
        ArgumentRow([express], "yes please", [:]),
        ArgumentRow([express], "yes please", asked: "express", ["express": true]),
        ArgumentRow([express], "No, thanks", asked: "express", ["express": false]),
        ArgumentRow([express], "no problem", asked: "express", [:]),
        ArgumentRow([express], "what is that?", asked: "express", [:]),
        // Together
        ArgumentRow(
            [size, quantity, name], "two large ones, my name is Bo", ["size": "large", "quantity": 2, "name": "Bo"]),
        ArgumentRow([], "anything 5", [:]),
        ArgumentRow([quantity], "", [:]),
    ]

    @Test("each form of value is found where it is certain, and left out where it is not", arguments: rows)
    func row(_ row: ArgumentRow) {
        let found = ArgumentFinder.find(
            parameters: row.parameters, messages: row.messages, askedFor: row.askedFor, today: "2026-11-21")
        #expect(JSONValue.object(found) == .object(row.expected))
        for parameter in row.parameters {
            guard let value = found[parameter.name] else { continue }
            #expect(throws: Never.self) { try parameter.check(value, choices: nil).get() }
        }
    }

    @Test("the newest message that has a value wins, and older ones fill the gaps")
    func newestWins() {
        let found = ArgumentFinder.find(
            parameters: [quantity, size], messages: ["3 large pizzas", "make that 4"], today: "2026-11-21")
        #expect(JSONValue.object(found) == ["quantity": 4, "size": "large"])
    }

    @Test("the order of the result is that of the parameters")
    func resultOrder() {
        let found = ArgumentFinder.find(
            parameters: [quantity, size], messages: ["large, 3"], today: "2026-11-21")
        #expect(Array(found.keys) == ["quantity", "size"])
    }

    @Test("given choices replace the parameter's own")
    func givenChoices() {
        let found = ArgumentFinder.find(
            parameters: [size], choices: ["size": ["huge"]], messages: ["a huge one, not a large one"],
            today: "2026-11-21")
        #expect(JSONValue.object(found) == ["size": "huge"])
    }

    @Test("the only missing boolean takes a bare yes when the caller says so")
    func yesNo() {
        let found = ArgumentFinder.find(
            parameters: [express], messages: ["sure"], yesNoFor: "express", today: "2026-11-21")
        #expect(JSONValue.object(found) == ["express": true])
    }

    @Test("a bare answer counts in the newest message only")
    func staleAnswer() {
        let found = ArgumentFinder.find(
            parameters: [name], messages: ["blue carpet", "what do you think?"], askedFor: "name", today: "2026-11-21")
        #expect(found.isEmpty)
    }

    @Test("parameters that come from the context, and paths, are never read from messages")
    func otherSources() {
        let internalID = ToolParameter(name: "number", kind: .integer, source: .context)
        let file = ToolParameter(name: "file", kind: .path)
        let found = ArgumentFinder.find(
            parameters: [internalID, file], messages: ["number: 5, file: /etc/passwd"], askedFor: "file",
            today: "2026-11-21")
        #expect(found.isEmpty)
    }

    @Test("the same place never gives two values")
    func spans() {
        let other = ToolParameter(name: "colour", kind: .string, choices: .fixed(["large", "red"]))
        let found = ArgumentFinder.find(parameters: [size, other], messages: ["large"], today: "2026-11-21")
        #expect(found.count == 1)
    }

    @Test("of a long message the beginning is read")
    func longMessage() {
        let text = "large, " + String(repeating: "and so on ", count: 50_000)
        let found = ArgumentFinder.find(
            parameters: [size, quantity, day, length, name, express], messages: [text], today: "2026-11-21")
        #expect(found["size"] == "large")
    }
}
