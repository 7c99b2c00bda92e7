import ParlantCore

/// Reads query parameters, collecting all problems. Of a parameter that is given twice the last counts. Parameters that
/// nobody asks for are ignored.
struct QueryReader: Sendable {
    private let parameters: [(name: String, value: String)]
    private(set) var problems: [Problem] = []

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

    func string(_ name: String) -> String? { parameters.last { $0.name == name }?.value }

    /// All values of a parameter that may be repeated.
    func strings(_ name: String) -> [String] { parameters.filter { $0.name == name }.map(\.value) }

    mutating func integer(_ name: String, in range: ClosedRange<Int> = Int.min...Int.max) -> Int? {
        guard let text = string(name) else { return nil }
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
        if string(name) == nil { problems.append(.missing(path(name), in: .null)) }
        return integer(name, in: range) ?? range.lowerBound
    }

    /// A JSON object as text.
    mutating func dictionary(_ name: String) -> JSONObject? {
        guard let text = string(name), !text.isEmpty else { return nil }
        do throws(JSONParseError) {
            let value = try JSONParser.parse(text)
            if let object = value.object { return object }
            problems.append(.notDictionary(path(name), value))
        } catch {
            problems.append(.notJSON(error, at: path(name), input: .string(text)))
        }
        return nil
    }

    mutating func boolean(_ name: String) -> Bool? {
        guard let text = string(name) else { return nil }
        switch text.lowercased() {
        case "1", "true", "t", "yes", "y", "on": return true
        case "0", "false", "f", "no", "n", "off": return false
        default:
            problems.append(.notBoolean(path(name), .string(text)))
            return nil
        }
    }

    mutating func choice<Choice>(_ name: String, _ type: Choice.Type) -> Choice?
    where Choice: CaseIterable & RawRepresentable<String> {
        guard let text = string(name) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        problems.append(.notChoice(path(name), .string(text), of: Choice.allCases.map(\.rawValue)))
        return nil
    }

    /// Choices separated by commas; none for an empty text.
    mutating func choices<Choice>(_ name: String, _ type: Choice.Type) -> Set<Choice>
    where Choice: CaseIterable & RawRepresentable<String> & Hashable {
        guard let text = string(name), !text.isEmpty else { return [] }
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
