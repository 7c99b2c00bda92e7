@_exported public import OrderedCollections

/// An object of JSON: keys in the order in which they were written, without duplicates.
public typealias JSONObject = OrderedDictionary<String, JSONValue>

/// One value of JSON, exactly as it came: integers stay integers, null is not absent, keys keep their order.
///
/// The only such type in the code base; stores, events, scripts and the wire share it.
public enum JSONValue: Sendable {
    case null
    case boolean(Bool)
    /// A number without fraction and exponent that fits 64 bits.
    case integer(Int64)
    /// Any other number that a double holds. Never NaN or infinite.
    case number(Double)
    /// An integer beyond 64 bits, as its digits, so that it comes back unchanged.
    case largeInteger(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue: Equatable {
    /// Equality as JSON means it: the order of keys does not matter, and `1` equals `1.0`. Numbers are equal when they are
    /// the same number, without rounding, and texts and keys when they have the same bytes: as databases have it.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): return true
        case (.boolean(let a), .boolean(let b)): return a == b
        case (.integer(let a), .integer(let b)): return a == b
        case (.number(let a), .number(let b)): return a == b
        case (.integer(let a), .number(let b)), (.number(let b), .integer(let a)): return Int64(exactly: b) == a
        case (.largeInteger(let a), .largeInteger(let b)): return a == b
        case (.string(let a), .string(let b)): return a.hasSameBytes(as: b)
        case (.array(let a), .array(let b)): return a == b
        case (.object(let a), .object(let b)):
            return a.count == b.count && a.allSatisfy { key, value in b.value(exactly: key) == value }
        default: return false
        }
    }
}

extension JSONValue {
    /// The text, if this is a string.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The value, if this is a boolean.
    public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    /// The elements, if this is an array.
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    /// The members, if this is an object.
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
    /// Whether this is null.
    public var isNull: Bool { if case .null = self { true } else { false } }

    /// The value, if this is a number without fraction that fits 64 bits (`3.0` counts as 3).
    public var integer: Int64? {
        switch self {
        case .integer(let value): return value
        case .number(let value): return Int64(exactly: value)
        default: return nil
        }
    }

    /// The value, if this is any number; large integers are rounded.
    public var number: Double? {
        switch self {
        case .integer(let value): return Double(value)
        case .number(let value): return value
        case .largeInteger(let digits): return Double(digits)
        default: return nil
        }
    }

    /// A member of an object; nil for other values and for absent keys.
    public subscript(key: String) -> JSONValue? { object?[key] }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements, uniquingKeysWith: { _, last in last }))
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as compact JSON.
    public var description: String { String(decoding: JSONWriter.bytes(of: self), as: UTF8.self) }
}
