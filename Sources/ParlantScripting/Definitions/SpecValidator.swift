import LuaRuntime
import ParlantCore

/// Checks a table against its schema and notes everything that is wrong with it, each with the path to it.
struct SpecValidator {
    /// How a handle is called in a message: `parlant.Tool "list_free_days"`.
    let nameOfHandle: (LuaHandle) -> String
    /// What is wrong, in the order of the check.
    private(set) var notes: [String] = []

    init(nameOfHandle: @escaping (LuaHandle) -> String) { self.nameOfHandle = nameOfHandle }

    /// Adds a note of a rule that the schema does not know.
    mutating func note(_ text: String) { notes.append(text) }

    /// Checks all fields of a table.
    ///
    /// - Parameters:
    ///   - spec: Value that was given; anything but a table with named fields is one problem.
    ///   - path: Where it stands, with its separator, as `control.` or `parameter 'weeks': `; empty for a definition.
    /// - Returns: The fields that passed.
    mutating func record(_ spec: LuaValue, _ schema: RecordSchema, path: String = "") -> [String: LuaValue] {
        guard let given = spec.fields else {
            note(path + Wording.expected("a table with named fields", got: found(spec)))
            return [:]
        }
        var passed: [String: LuaValue] = [:]
        for field in given {
            guard let known = schema.field(field.key) else {
                note(path + unknown(field.key, schema))
                continue
            }
            if check(field.value, known.type, path: path + known.name) { passed[field.key] = field.value }
        }
        for field in schema.fields where field.required && !given.contains(where: { $0.key == field.name }) {
            note(path + Wording.missingField(field.name))
        }
        return passed
    }

    private func unknown(_ name: String, _ schema: RecordSchema) -> String {
        if let hint = schema.foreign[name] { return Wording.foreignField(name, hint) }
        return Wording.unknownField(name, among: schema.fields.map(\.name))
    }

    /// Checks one value; what is wrong with it is noted.
    ///
    /// - Returns: Whether it can be used.
    mutating func check(_ value: LuaValue, _ type: FieldType, path: String) -> Bool {
        // A stand-in for a word that does not exist was reported where it was read.
        if value.handle?.kind == EntityKind.void.rawValue { return false }
        switch type {
        case .list(let element): return list(value, of: element, type, path: path)
        case .parameters: return isList(value, type, path: path)
        case .record(let schema):
            let before = notes.count
            guard value.fields != nil else { return refuse(value, type, path) }
            _ = record(value, schema, path: path + ": ")
            return notes.count == before
        case .states(let schema): return states(value, schema, type, path: path)
        case .either(let types):
            guard let fitting = types.first(where: { Self.fits(value, $0) }) else { return refuse(value, type, path) }
            return check(value, fitting, path: path)
        case .choice(let words):
            guard let word = value.text else { return refuse(value, type, path) }
            guard !words.contains(word) else { return true }
            note("\(path): \(Wording.expectedChoice(word, among: words))")
            return false
        case .text:
            guard let text = value.text else { return refuse(value, type, path) }
            guard !text.contains(where: { !$0.isWhitespace }) else { return true }
            note("\(path): \(Wording.emptyText)")
            return false
        default: return Self.holds(value, type) ? true : refuse(value, type, path)
        }
    }

    private mutating func list(_ value: LuaValue, of element: FieldType, _ type: FieldType, path: String) -> Bool {
        guard isList(value, type, path: path), let items = value.items else { return false }
        var passes = true
        for (index, item) in items.enumerated() where !check(item, element, path: "\(path)[\(index + 1)]") {
            passes = false
        }
        return passes
    }

    private mutating func states(
        _ value: LuaValue, _ schema: RecordSchema, _ type: FieldType, path: String
    ) -> Bool {
        guard let states = value.fields else { return refuse(value, type, path) }
        guard !states.isEmpty else {
            note(JourneyWording.noStates)
            return false
        }
        let before = notes.count
        for state in states {
            let label = JourneyWording.state(state.key)
            if !Self.isName(state.key) {
                note("\(label): \(Wording.expected(FieldType.name.expectation, got: Wording.quote(state.key)))")
            }
            _ = record(state.value, schema, path: "\(label): ")
        }
        return notes.count == before
    }

    private mutating func isList(_ value: LuaValue, _ type: FieldType, path: String) -> Bool {
        guard let items = value.items else {
            let hint = value.fields == nil ? Wording.writeAList : ""
            note("\(path): \(Wording.expected(type.expectation, got: found(value)))\(hint)")
            return false
        }
        guard !items.isEmpty else {
            note("\(path): \(Wording.emptyList)")
            return false
        }
        return true
    }

    private mutating func refuse(_ value: LuaValue, _ type: FieldType, _ path: String) -> Bool {
        var hint = ""
        if case .handle(let kinds) = type, value.text != nil, let kind = kinds.first {
            hint = Wording.valuesNotNames(kind.noun + "s")
        }
        note("\(path): \(Wording.expected(type.expectation, got: found(value)))\(hint)")
        return false
    }

    /// Whether the value is of the type's sort at all, so that the type's own check says what is wrong.
    private static func fits(_ value: LuaValue, _ type: FieldType) -> Bool {
        switch type {
        case .text, .choice: value.text != nil
        case .list, .parameters: value.items != nil
        case .record, .states: value.fields != nil
        default: holds(value, type)
        }
    }

    private static func holds(_ value: LuaValue, _ type: FieldType) -> Bool {
        switch type {
        case .shortText(let range): value.text.map { range.contains($0.count) } ?? false
        case .name: value.text.map(isName) ?? false
        case .integer(let range): value.int.map { range.contains($0) } ?? false
        case .number(let bound): value.double.map { $0 > bound } ?? false
        case .nonNegative: value.double.map { $0 >= 0 } ?? false
        case .anyNumber: value.double != nil
        case .boolean: value.flag != nil
        case .handle(let kinds): kinds.contains { $0.rawValue == value.handle?.kind }
        case .function: value.function != nil
        case .jsonObject: value.fields != nil && isJSON(value)
        case .json: isJSON(value)
        case .cron: value.text.map(isCron) ?? false
        case .text, .choice, .list, .parameters, .record, .states, .either: false
        }
    }

    /// Whether models and templates can write the name: at most 64 ASCII letters, digits, `_` and `-`, no digit first.
    static func isName(_ text: String) -> Bool {
        guard let first = text.first, first == "_" || first.isLetter, text.utf8.count <= 64 else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    }

    /// Whether the text is a rule of cron without seconds.
    private static func isCron(_ text: String) -> Bool {
        text.split { $0.isWhitespace }.count == 5 && CronExpression(text) != nil
    }

    /// Whether the value can become JSON.
    static func isJSON(_ value: LuaValue) -> Bool {
        switch value {
        case .nil, .function, .handle: false
        case .array(let items): items.allSatisfy(isJSON)
        case .object(let fields): fields.allSatisfy { isJSON($0.value) }
        default: true
        }
    }

    /// The value after "got": its kind, and what it says where that is short.
    func found(_ value: LuaValue) -> String {
        switch value {
        case .nil: return "nothing"
        case .null: return "parlant.null"
        case .boolean(let value): return "boolean \(value)"
        case .integer(let value): return "number \(value)"
        case .number(let value): return "number \(value)"
        case .string(let text): return "string \(Wording.quote(text))"
        case .array(let items): return items.isEmpty ? "an empty table" : "a list"
        case .object(let fields):
            guard !fields.isEmpty else { return "an empty table" }
            return Self.isJSON(value) ? "a table" : "a table with functions or handles"
        case .function: return "a function"
        case .handle(let handle): return nameOfHandle(handle)
        }
    }
}
