public import LuaRuntime
public import ParlantCore

extension JSONValue: LuaEncodable, LuaDecodable {
    /// Writes the value for Lua. An integer beyond 64 bits becomes a float, because Lua has no larger integer; all else
    /// comes back unchanged, apart from the order of keys.
    public func encode(to writer: inout LuaWriter) throws(LuaError) {
        switch self {
        case .null: writer.null()
        case .boolean(let value): writer.boolean(value)
        case .integer(let value): writer.integer(value)
        case .number(let value): try writer.number(value)
        case .largeInteger(let digits): try writer.number(Double(digits) ?? 0)
        case .string(let value): writer.string(value)
        case .array(let elements):
            writer.beginArray(count: elements.count)
            for element in elements { try element.encode(to: &writer) }
        case .object(let members): try members.encodeObject(to: &writer)
        }
    }

    /// Reads a value that Lua wrote; nil counts as null. Keys are sorted, because Lua has no order.
    ///
    /// - Throws: ``LuaError`` `badValue` for a function or a handle.
    public init(from reader: inout LuaReader) throws(LuaError) {
        switch try reader.next() {
        case .nil, .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .array(let count):
            var elements: [JSONValue] = []
            elements.reserveCapacity(count)
            for _ in 0..<count { elements.append(try JSONValue(from: &reader)) }
            self = .array(elements)
        case .object(let count):
            var members = JSONObject()
            for _ in 0..<count {
                let key = try String(from: &reader)
                members[key] = try JSONValue(from: &reader)
            }
            members.sort { $0.key < $1.key }
            self = .object(members)
        case .function, .handle:
            throw LuaError(code: .badValue, message: "a JSON value was expected")
        }
    }

    /// The value that crossed, or nil when there is a function or a handle in it. Absent counts as null.
    public init?(_ value: LuaValue) {
        switch value {
        case .nil, .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .array(let items):
            var elements: [JSONValue] = []
            elements.reserveCapacity(items.count)
            for item in items {
                guard let element = JSONValue(item) else { return nil }
                elements.append(element)
            }
            self = .array(elements)
        case .object(let fields):
            var members = JSONObject(minimumCapacity: fields.count)
            for field in fields {
                guard let member = JSONValue(field.value) else { return nil }
                members[field.key] = member
            }
            self = .object(members)
        case .function, .handle: return nil
        }
    }

    /// The value for a host function's answer; integers beyond 64 bits become floats.
    public var lua: LuaValue {
        switch self {
        case .null: .null
        case .boolean(let value): .boolean(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .largeInteger(let digits): .number(Double(digits) ?? 0)
        case .string(let value): .string(value)
        case .array(let elements): .array(elements.map(\.lua))
        case .object(let members): .object(members.map { LuaField($0.key, $0.value.lua) })
        }
    }
}

extension OrderedDictionary<String, JSONValue> {
    /// Writes the members as one object.
    func encodeObject(to writer: inout LuaWriter) throws(LuaError) {
        writer.beginObject(count: count)
        for (key, value) in self {
            writer.key(key)
            try value.encode(to: &writer)
        }
    }
}

extension LuaValue {
    /// The fields of a table with names; an empty table counts as one.
    public var fields: [LuaField]? {
        switch self {
        case .object(let fields): fields
        case .array(let items) where items.isEmpty: []
        default: nil
        }
    }

    /// The items of a list; an empty table counts as one.
    public var items: [LuaValue]? {
        switch self {
        case .array(let items): items
        case .object(let fields) where fields.isEmpty: []
        default: nil
        }
    }

    /// The text of a string.
    public var text: String? { if case .string(let value) = self { value } else { nil } }
    /// The value of a boolean.
    public var flag: Bool? { if case .boolean(let value) = self { value } else { nil } }
    /// The function.
    public var function: LuaFunction? { if case .function(let value) = self { value } else { nil } }
    /// The handle.
    public var handle: LuaHandle? { if case .handle(let value) = self { value } else { nil } }
    /// Whether it is nil.
    public var isAbsent: Bool { if case .nil = self { true } else { false } }

    /// The value of any number.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The value of a number without fraction.
    public var int: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }
}
