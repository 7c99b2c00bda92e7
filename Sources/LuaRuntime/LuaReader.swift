import CLuaBridge

/// Reads the flat bytes in which values come out of Lua, token by token.
public struct LuaReader {
    /// One step of the reading. After `array` that many values follow; after `object` that many times a `string`, the
    /// key, and a value.
    public enum Token: Sendable, Equatable {
        /// Absent.
        case `nil`
        /// JSON's null.
        case null
        /// True or false.
        case boolean(Bool)
        /// A whole number.
        case integer(Int64)
        /// A finite number, possibly a whole one.
        case number(Double)
        /// Text, or the key of a field.
        case string(String)
        /// That many values follow.
        case array(count: Int)
        /// That many keys follow, each with its value, in no order.
        case object(count: Int)
        /// A function that the VM keeps.
        case function(LuaFunction)
        /// A thing of Swift's.
        case handle(LuaHandle)
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads the next token.
    ///
    /// - Throws: ``LuaError/Code/badValue`` if the bytes end early or hold an unknown tag.
    public mutating func next() throws(LuaError) -> Token {
        let tag = try raw(UInt8.self)
        switch clb_tag(rawValue: UInt32(tag)) {
        case CLB_NIL: return .nil
        case CLB_NULL: return .null
        case CLB_FALSE: return .boolean(false)
        case CLB_TRUE: return .boolean(true)
        case CLB_INTEGER: return .integer(Int64(bitPattern: try raw(UInt64.self)))
        case CLB_NUMBER: return .number(Double(bitPattern: try raw(UInt64.self)))
        case CLB_STRING: return .string(try text())
        case CLB_ARRAY: return .array(count: Int(try raw(UInt32.self)))
        case CLB_OBJECT: return .object(count: Int(try raw(UInt32.self)))
        case CLB_FUNCTION:
            let id = Int(Int64(bitPattern: try raw(UInt64.self)))
            let file = try text()
            return .function(
                LuaFunction(id: id, location: LuaLocation(file: file, line: Int(try raw(UInt32.self)))))
        case CLB_HANDLE:
            let kind = try text()
            return .handle(LuaHandle(kind: kind, id: Int(Int64(bitPattern: try raw(UInt64.self)))))
        default:
            throw LuaError(code: .badValue, message: "the message has an unknown tag \(tag)")
        }
    }

    /// Reads the count that begins a message.
    mutating func messageCount() throws(LuaError) -> Int { Int(try raw(UInt32.self)) }

    private mutating func raw<Integer: FixedWidthInteger>(_: Integer.Type) throws(LuaError) -> Integer {
        let size = MemoryLayout<Integer>.size
        guard bytes.count - position >= size else { throw Self.short }
        defer { position += size }
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Integer.self) }
        return Integer(littleEndian: value)
    }

    /// The bridge checked that this is UTF-8.
    private mutating func text() throws(LuaError) -> String {
        let count = Int(try raw(UInt32.self))
        guard bytes.count - position >= count else { throw Self.short }
        defer { position += count }
        return String(decoding: bytes[position..<position + count], as: UTF8.self)
    }

    private static let short = LuaError(code: .badValue, message: "the message ends too early")
}
