import ParlantCore

/// Reads one JSON object of a body field by field, collecting problems instead of stopping at the first.
///
/// Absent and null mean the same. Reads of required fields return something harmless when there is a problem; look at
/// what was read only after `Call.finish` did not throw. Fields that nobody asked for are unknown.
struct FieldReader: Sendable {
    private let object: JSONObject
    let path: [Problem.Step]
    /// There is no object, and a problem already says so: reads are silent.
    private let isBroken: Bool
    private var known: [String] = []
    private var nestedUnknown: [String] = []
    private(set) var problems = ProblemList()
    /// The fields that were asked for, when that is what this reader is to find out; nil when it reads a body.
    private var asked: [Schema.Field]?

    init(_ object: JSONObject, at path: [Problem.Step]) {
        self.object = object
        self.path = path
        isBroken = false
    }

    /// Stands for what is no object at all.
    init(broken problem: Problem) {
        object = [:]
        path = []
        isBroken = true
        problems = ProblemList(problem)
    }

    /// Finds out which fields a function reads: runs it on a reader that answers each read with nothing.
    static func schema<Value>(of read: (inout FieldReader) -> Value) -> Schema {
        var reader = FieldReader([:], at: [])
        reader.asked = []
        _ = read(&reader)
        return .object(reader.asked ?? [])
    }

    /// Names of fields that nobody asked for, nested ones with their path: `metadata.remvoe`.
    var unknownFields: [String] { object.keys.filter { !known.contains($0) } + nestedUnknown }

    /// Adds a problem that a caller found in what it read.
    mutating func note(_ problem: Problem) { problems.append(problem) }

    /// JSON of the shape that the caller will check; nil when absent or null.
    mutating func value(_ name: String, _ schema: @autoclosure () -> Schema = .anything) -> JSONValue? {
        if asked != nil {
            ask(name, .nullable(schema()), isRequired: false)
            return nil
        }
        known.append(name)
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    mutating func string(_ name: String, length: ClosedRange<Int>? = nil) -> String? {
        value(name, .string(length: length ?? 0...Int.max)).flatMap {
            checkedString($0, path + [.name(name)], length)
        }
    }

    mutating func requiredString(_ name: String, length: ClosedRange<Int>? = nil) -> String {
        required(name, .string(length: length ?? 0...Int.max)).flatMap {
            checkedString($0, path + [.name(name)], length)
        } ?? ""
    }

    mutating func strings(_ name: String) -> [String]? {
        value(name, .list(.string())).flatMap { strings($0, path + [.name(name)]) }
    }

    mutating func choice<Choice>(_ name: String, _ type: Choice.Type) -> Choice?
    where Choice: CaseIterable & RawRepresentable<String> {
        value(name, .choice(of: type)).flatMap { checkedChoice($0, name) }
    }

    mutating func requiredChoice<Choice>(_ name: String, default: Choice) -> Choice
    where Choice: CaseIterable & RawRepresentable<String> {
        required(name, .choice(of: Choice.self)).flatMap { checkedChoice($0, name) } ?? `default`
    }

    /// A whole number; one in a string counts too, as on the reference.
    mutating func integer(_ name: String, atLeast minimum: Int) -> Int? {
        guard let value = value(name, .integer(minimum...Int.max)) else { return nil }
        let path = path + [.name(name)]
        guard let number = value.integer.map(Int.init) ?? value.string.flatMap(IntegerText.parse) else {
            problems.append(.notInteger(path, value))
            return nil
        }
        if number < minimum { problems.append(.tooSmall(path, value, minimum: minimum)) }
        return number
    }

    /// A free-form object, whose members are nobody's business here.
    mutating func dictionary(_ name: String) -> JSONObject? {
        guard let value = value(name, .dictionary(.anything)) else { return nil }
        if let object = value.object { return object }
        problems.append(.notDictionary(path + [.name(name)], value))
        return nil
    }

    /// An object with known fields of its own.
    mutating func document<Value>(_ name: String, _ read: (inout FieldReader) -> Value) -> Value? {
        value(name, Self.schema(of: read)).flatMap { document($0, path + [.name(name)], prefix: name, read) }
    }

    /// A list of objects with known fields.
    mutating func documents<Value>(_ name: String, _ read: (inout FieldReader) -> Value) -> [Value]? {
        guard let value = value(name, .list(Self.schema(of: read))) else { return nil }
        guard let elements = value.array else {
            problems.append(.notList(path + [.name(name)], value))
            return nil
        }
        var values: [Value] = []
        for (index, element) in elements.enumerated() where !problems.isCut {
            let value = document(element, path + [.name(name), .index(index)], prefix: "\(name).\(index)", read)
            if let value { values.append(value) }
        }
        return values
    }

    /// A list of strings, or an object with known fields.
    mutating func stringsOrDocument<Value>(
        _ name: String, list: ([String]) -> Value, document read: (inout FieldReader) -> Value
    ) -> Value? {
        guard let value = value(name, .either([.list(.string()), Self.schema(of: read)])) else { return nil }
        if value.array != nil { return strings(value, path + [.name(name)]).map(list) }
        return document(value, path + [.name(name)], prefix: name, read)
    }
}

extension FieldReader {
    /// JSON that must be there, of the shape that the caller will check.
    mutating func required(_ name: String, _ schema: @autoclosure () -> Schema = .anything) -> JSONValue? {
        if asked != nil {
            ask(name, schema(), isRequired: true)
            return nil
        }
        known.append(name)
        if isBroken { return nil }
        guard let value = object[name] else {
            problems.append(.missing(path + [.name(name)], in: .object(object)))
            return nil
        }
        return value
    }

    /// Notes a field, once: the first asker knows best what it must be.
    private mutating func ask(_ name: String, _ schema: Schema, isRequired: Bool) {
        guard asked?.contains(where: { $0.name == name }) == false else { return }
        asked?.append(Schema.Field(name: name, schema: schema, isRequired: isRequired))
    }

    mutating func checkedString(
        _ value: JSONValue, _ path: [Problem.Step], _ length: ClosedRange<Int>?
    ) -> String? {
        guard let text = value.string else {
            problems.append(.notString(path, value))
            return nil
        }
        guard let length else { return text }
        let count = text.unicodeScalars.count
        if count < length.lowerBound { problems.append(.tooShort(path, text, minimum: length.lowerBound)) }
        if count > length.upperBound { problems.append(.tooLong(path, text, maximum: length.upperBound)) }
        return text
    }

    private mutating func checkedChoice<Choice>(_ value: JSONValue, _ name: String) -> Choice?
    where Choice: CaseIterable & RawRepresentable<String> {
        if let choice = value.string.flatMap(Choice.init(rawValue:)) { return choice }
        problems.append(.notChoice(path + [.name(name)], value, of: Choice.allCases.map(\.rawValue)))
        return nil
    }

    mutating func strings(
        _ value: JSONValue, _ path: [Problem.Step], length: ClosedRange<Int>? = nil
    ) -> [String]? {
        guard let elements = value.array else {
            problems.append(.notList(path, value))
            return nil
        }
        var texts: [String] = []
        for (index, element) in elements.enumerated() where !problems.isCut {
            if let text = checkedString(element, path + [.index(index)], length) { texts.append(text) }
        }
        return texts
    }

    mutating func document<Value>(
        _ value: JSONValue, _ path: [Problem.Step], prefix: String, _ read: (inout FieldReader) -> Value
    ) -> Value? {
        guard let object = value.object else {
            problems.append(.notDocument(path, value))
            return nil
        }
        var reader = FieldReader(object, at: path)
        let result = read(&reader)
        problems.append(contentsOf: reader.problems)
        nestedUnknown += reader.unknownFields.map { "\(prefix).\($0)" }
        return result
    }
}
