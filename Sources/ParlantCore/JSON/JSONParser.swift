/// The text is not JSON, or exceeds a limit of the parser.
public struct JSONParseError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Byte at which the text stops making sense, from 0.
    public var position: Int
    /// What was expected or found there, in the words that the reference's parser uses where it has them.
    public var message: String

    public var description: String { "\(message) at byte \(position)" }
}

/// Parses RFC 8259 JSON: strict literals, escapes and UTF-8, and nothing after the value.
///
/// Cost: O(bytes). Nesting is limited so that hostile text cannot exhaust the stack.
public struct JSONParser {
    /// Deepest nesting that is accepted.
    public static let depthLimit = 64

    /// What is said of a key, such as `é`, that stands in its object already, as `e` with an accent.
    private static let lookalike = "two keys of one object look the same but are written in two ways"

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Parses a whole text.
    ///
    /// - Throws: ``JSONParseError`` with the byte where the text goes wrong. A key that is given twice keeps its last
    ///   value, as in the reference. Two keys of one object that look the same and have other bytes are refused, because
    ///   a ``JSONObject`` holds only one of them.
    public static func parse(_ bytes: some Collection<UInt8>) throws(JSONParseError) -> JSONValue {
        let result: Result<JSONValue, JSONParseError>? = bytes.withContiguousStorageIfAvailable(Self.document)
        return try (result ?? Array(bytes).withUnsafeBufferPointer(Self.document)).get()
    }

    /// Parses a whole text.
    public static func parse(_ text: String) throws(JSONParseError) -> JSONValue { try parse(Array(text.utf8)) }

    private static func document(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<JSONValue, JSONParseError> {
        var parser = JSONParser(bytes)
        do throws(JSONParseError) {
            let value = try parser.value()
            parser.skipSpace()
            guard parser.position == bytes.count else { throw parser.error("trailing characters") }
            return .success(value)
        } catch {
            return .failure(error)
        }
    }

    private func error(_ message: String) -> JSONParseError { JSONParseError(position: position, message: message) }

    private mutating func value() throws(JSONParseError) -> JSONValue {
        skipSpace()
        guard position < bytes.count else { throw error("EOF while parsing a value") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .boolean(true))
        case UInt8(ascii: "f"): return try literal("false", .boolean(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error("expected value")
        }
    }

    private mutating func object() throws(JSONParseError) -> JSONObject {
        try enter()
        var members = JSONObject()
        if take(UInt8(ascii: "}")) { return leave(members) }
        repeat {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw error("key must be a string")
            }
            let start = position
            let key = try string()
            guard take(UInt8(ascii: ":")) else { throw error("expected `:`") }
            // Costs nothing more than a plain assignment while all keys differ.
            let earlier = members.updateValue(try value(), forKey: key)
            guard earlier == nil || members.hasKey(exactly: key) else {
                throw JSONParseError(position: start, message: Self.lookalike)
            }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw error("expected `,` or `}`") }
        return leave(members)
    }

    private mutating func array() throws(JSONParseError) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return leave(elements) }
        repeat { elements.append(try value()) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw error("expected `,` or `]`") }
        return leave(elements)
    }

    private mutating func enter() throws(JSONParseError) {
        guard depth < Self.depthLimit else { throw error("nesting deeper than \(Self.depthLimit)") }
        depth += 1
        position += 1
    }

    private mutating func leave<Value>(_ value: Value) -> Value {
        depth -= 1
        return value
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONParseError) -> JSONValue {
        let count = text.utf8CodeUnitCount
        let matches =
            position + count <= bytes.count
            && text.withUTF8Buffer { $0.elementsEqual(bytes[position..<position + count]) }
        guard matches else { throw error("expected ident") }
        position += count
        return value
    }

    private mutating func number() throws(JSONParseError) -> JSONValue {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        guard skipDigits() > 0 else { throw error("invalid number") }
        guard bytes[firstDigit] != UInt8(ascii: "0") || position == firstDigit + 1 else {
            throw error("invalid number")
        }
        var isInteger = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            guard skipDigits() > 0 else { throw error("invalid number") }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            guard skipDigits() > 0 else { throw error("invalid number") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger { return Int64(text).map(JSONValue.integer) ?? .largeInteger(text) }
        guard let value = Double(text), value.isFinite else { throw error("number out of range") }
        return .number(value)
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") <= 9 { position += 1 }
        return position - start
    }

    private mutating func string() throws(JSONParseError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = try decode(bytes[start..<position])
                position += 1
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw error("control character found while parsing a string")
            default: position += 1
            }
        }
        throw error("EOF while parsing a string")
    }

    private func decode(_ slice: Slice<UnsafeBufferPointer<UInt8>>) throws(JSONParseError) -> String {
        // A slice as such takes the slow way through the standard library.
        let whole = UnsafeBufferPointer(rebasing: slice)
        guard let text = String(validating: whole, as: UTF8.self) else { throw error("invalid unicode code point") }
        return text
    }

    private mutating func escapedString(from start: Int) throws(JSONParseError) -> String {
        var buffer = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                guard let text = String(validating: buffer, as: UTF8.self) else {
                    throw error("invalid unicode code point")
                }
                position += 1
                return text
            }
            guard byte >= 0x20 else { throw error("control character found while parsing a string") }
            position += 1
            if byte == UInt8(ascii: "\\") { try escape(into: &buffer) } else { buffer.append(byte) }
        }
        throw error("EOF while parsing a string")
    }

    private mutating func escape(into buffer: inout [UInt8]) throws(JSONParseError) {
        guard position < bytes.count else { throw error("EOF while parsing a string") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"): try unicodeEscape(into: &buffer)
        default: throw error("invalid escape")
        }
    }

    private mutating func unicodeEscape(into buffer: inout [UInt8]) throws(JSONParseError) {
        var code = try hexDigits()
        if (0xD800..<0xDC00).contains(code) {
            guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw error("lone leading surrogate in hex escape") }
            position += 2
            let low = try hexDigits()
            guard (0xDC00..<0xE000).contains(low) else { throw error("lone leading surrogate in hex escape") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw error("lone trailing surrogate in hex escape") }
        buffer.append(contentsOf: UTF8.encode(scalar)!)
    }

    private mutating func hexDigits() throws(JSONParseError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw error("EOF while parsing a string") }
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw error("invalid escape")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}
