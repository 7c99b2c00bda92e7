import ParlantCore

/// Reads query parameters, collecting all problems. Of a parameter that is given twice the last counts. Parameters that
/// nobody asks for are ignored.
struct QueryReader: Sendable {
    private let parameters: [(name: String, value: String)]
    private(set) var problems: [Problem] = []
    /// The parameters that were asked for, when that is what this reader is to find out; nil when it reads a query.
    private var asked: [Parameter]?

    /// A parameter as it is described to clients.
    struct Parameter: Sendable {
        /// How a value that is no single text is written.
        enum Style: Sendable { case plain, repeated, commas, json }

        let name: String
        let schema: Schema
        var style = Style.plain
        var isRequired = false
        var fallback: JSONValue?
    }

    /// Finds out which parameters a function reads: runs it on a reader that answers each read with nothing.
    static func parameters<Value>(of read: (inout QueryReader) -> Value) -> [Parameter] {
        var reader = QueryReader(nil)
        reader.asked = []
        _ = read(&reader)
        return reader.asked ?? []
    }

    init(_ query: String?) {
        parameters = query.map(Self.parse) ?? []
    }

    private static func parse(_ query: String) -> [(name: String, value: String)] {
        query.utf8.split(separator: UInt8(ascii: "&")).map { pair in
            let end = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            return (
                percentDecoded(pair[..<end], plusIsSpace: true),
                percentDecoded(pair[end...].dropFirst(), plusIsSpace: true)
            )
        }
    }

    /// The value as it is, or nothing; the only reads of what was sent, and so the only places that note a parameter.
    private mutating func text(
        _ name: String, _ schema: @autoclosure () -> Schema, style: Parameter.Style = .plain,
        isRequired: Bool = false, default fallback: JSONValue? = nil
    ) -> String? {
        if asked != nil {
            asked?.append(
                Parameter(name: name, schema: schema(), style: style, isRequired: isRequired, fallback: fallback))
        }
        return parameters.last { $0.name == name }?.value
    }

    mutating func string(_ name: String) -> String? { text(name, .string()) }

    /// The place in a list that a cursor of ours names; nil when none is given.
    mutating func cursor(_ name: String) -> PageCursor? {
        guard let text = text(name, .string()), !text.isEmpty else { return nil }
        let cursor = PageCursor(wire: text)
        if cursor == nil { problems.append(.notCursor(path(name), .string(text))) }
        return cursor
    }

    /// All values of a parameter that may be repeated.
    mutating func strings(_ name: String) -> [String] {
        _ = text(name, .list(.string()), style: .repeated)
        return parameters.filter { $0.name == name }.map(\.value)
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int> = Int.min...Int.max) -> Int? {
        text(name, .integer(range)).flatMap { integer($0, name, range) }
    }

    mutating func integer(
        _ name: String, in range: ClosedRange<Int> = Int.min...Int.max, default fallback: Int
    ) -> Int {
        text(name, .integer(range), default: .integer(Int64(fallback))).flatMap { integer($0, name, range) } ?? fallback
    }

    private mutating func integer(_ text: String, _ name: String, _ range: ClosedRange<Int>) -> Int? {
        guard let value = IntegerText.parse(text) else {
            problems.append(.notInteger(path(name), .string(text)))
            return nil
        }
        if value < range.lowerBound {
            problems.append(.tooSmall(path(name), .string(text), minimum: range.lowerBound))
        }
        if value > range.upperBound {
            problems.append(.tooGreat(path(name), .string(text), maximum: range.upperBound))
        }
        return value
    }

    /// A whole number that must be there; harmless when it is not.
    mutating func requiredInteger(_ name: String, in range: ClosedRange<Int>) -> Int {
        guard let text = text(name, .integer(range), isRequired: true) else {
            problems.append(.missing(path(name), in: .null))
            return range.lowerBound
        }
        return integer(text, name, range) ?? range.lowerBound
    }

    /// A JSON object as text.
    mutating func dictionary(_ name: String) -> JSONObject? {
        guard let text = text(name, .dictionary(.anything), style: .json), !text.isEmpty else { return nil }
        do throws(JSONParseError) {
            let value = try JSONParser.parse(text)
            if let object = value.object { return object }
            problems.append(.notDictionary(path(name), value))
        } catch {
            problems.append(.notJSON(error, at: path(name), input: .string(text)))
        }
        return nil
    }

    mutating func boolean(_ name: String, default fallback: Bool) -> Bool {
        guard let text = text(name, .boolean, default: .boolean(fallback)) else { return fallback }
        switch text.lowercased() {
        case "1", "true", "t", "yes", "y", "on": return true
        case "0", "false", "f", "no", "n", "off": return false
        default:
            problems.append(.notBoolean(path(name), .string(text)))
            return fallback
        }
    }

    mutating func choice<Choice>(_ name: String, _ type: Choice.Type) -> Choice?
    where Choice: CaseIterable & RawRepresentable<String> {
        text(name, .choice(of: type)).flatMap { choice($0, name) }
    }

    mutating func choice<Choice>(_ name: String, default fallback: Choice) -> Choice
    where Choice: CaseIterable & RawRepresentable<String> {
        text(name, .choice(of: Choice.self), default: .string(fallback.rawValue)).flatMap { choice($0, name) }
            ?? fallback
    }

    private mutating func choice<Choice>(_ text: String, _ name: String) -> Choice?
    where Choice: CaseIterable & RawRepresentable<String> {
        if let choice = Choice(rawValue: text) { return choice }
        problems.append(.notChoice(path(name), .string(text), of: Choice.allCases.map(\.rawValue)))
        return nil
    }

    /// Choices separated by commas; none for an empty text.
    mutating func choices<Choice>(_ name: String, _ type: Choice.Type) -> Set<Choice>
    where Choice: CaseIterable & RawRepresentable<String> & Hashable {
        guard let text = text(name, .list(.choice(of: type)), style: .commas), !text.isEmpty else { return [] }
        var choices: Set<Choice> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let choice = Choice(rawValue: String(part)) else {
                problems.append(.notChoice(path(name), .string(text), of: Choice.allCases.map(\.rawValue)))
                return []
            }
            choices.insert(choice)
        }
        return choices
    }

    private func path(_ name: String) -> [Problem.Step] { [.name("query"), .name(name)] }
}

/// Whole numbers as text, as lenient as the reference: white space around, a sign, a fraction of zeros.
enum IntegerText {
    /// The number, or the nearest that fits; nil when the text is none.
    static func parse(_ text: String) -> Int? {
        var rest = text.utf8.drop { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) }
        while let last = rest.last, last == 0x20 || (last >= 0x09 && last <= 0x0D) { rest.removeLast() }
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        if let point = rest.firstIndex(of: UInt8(ascii: ".")) {
            guard point > rest.startIndex, rest[point...].dropFirst().allSatisfy({ $0 == UInt8(ascii: "0") }) else {
                return nil
            }
            rest = rest[..<point]
        }
        guard !rest.isEmpty, rest.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else {
            return nil
        }
        return Int((isNegative ? "-" : "") + String(Substring(rest))) ?? (isNegative ? .min : .max)
    }
}
