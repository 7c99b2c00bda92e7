import OrderedCollections

/// What came from a server is no BSON.
struct BSONError: Error, Sendable, Equatable, CustomStringConvertible {
    var message: String
    var description: String { message }
}

/// Reads documents from BSON. Every length is checked: the bytes come over a network.
struct BSONReader {
    private static let depthLimit = 200

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var depth = 0

    /// Reads one whole document.
    static func document(_ bytes: UnsafeRawBufferPointer) throws(BSONError) -> BSONDocument {
        var reader = BSONReader(bytes)
        return try reader.document()
    }

    /// Reads one whole document.
    static func document(_ bytes: [UInt8]) throws(BSONError) -> BSONDocument {
        try bytes.withUnsafeBufferPointer { bytes throws(BSONError) in try document(UnsafeRawBufferPointer(bytes)) }
    }

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private mutating func document() throws(BSONError) -> BSONDocument {
        var document = BSONDocument()
        try elements { key, value in document[key] = value }
        return document
    }

    private mutating func elements(_ body: (String, BSONValue) -> Void) throws(BSONError) {
        depth += 1
        guard depth <= Self.depthLimit else { throw BSONError(message: "nesting deeper than \(Self.depthLimit)") }
        let start = position
        let length = Int(try integer(Int32.self))
        guard length >= 5, start + length <= bytes.count else { throw truncated }
        let end = start + length - 1
        while position < end {
            let type = try byte()
            let key = try text(upTo: end)
            body(key, try value(type))
        }
        guard position == end, try byte() == 0 else { throw BSONError(message: "a document of a wrong length") }
        depth -= 1
    }

    private mutating func value(_ type: UInt8) throws(BSONError) -> BSONValue {
        switch type {
        case 0x01: return .double(Double(bitPattern: try integer(UInt64.self)))
        case 0x02: return .string(try string())
        case 0x03: return .document(try document())
        case 0x04:
            var array: [BSONValue] = []
            try elements { _, value in array.append(value) }
            return .array(array)
        case 0x08: return .boolean(try byte() != 0)
        case 0x09: return .date(try integer(Int64.self))
        case 0x0A: return .null
        case 0x10: return .integer(Int64(try integer(Int32.self)))
        case 0x12: return .integer(try integer(Int64.self))
        default: return .other(type: type, bytes: try rawBytes(type))
        }
    }

    /// Content of a type that is only passed on.
    private mutating func rawBytes(_ type: UInt8) throws(BSONError) -> [UInt8] {
        let start = position
        switch type {
        case 0x06, 0x7F, 0xFF: break
        case 0x07: try skip(12)
        case 0x11: try skip(8)
        case 0x13: try skip(16)
        case 0x05: try skip(Int(try integer(Int32.self)) + 1)
        case 0x0D, 0x0E: _ = try string()
        case 0x0B:
            _ = try text(upTo: bytes.count)
            _ = try text(upTo: bytes.count)
        default: throw BSONError(message: "the type \(type), which this program does not know")
        }
        return Array(bytes[start..<position])
    }

    private mutating func string() throws(BSONError) -> String {
        let length = Int(try integer(Int32.self))
        let start = position
        guard length >= 1 else { throw BSONError(message: "a text of a wrong length") }
        try skip(length)
        guard bytes[position - 1] == 0 else { throw BSONError(message: "a text without its end") }
        return String(decoding: bytes[start..<position - 1], as: UTF8.self)
    }

    private mutating func text(upTo end: Int) throws(BSONError) -> String {
        let start = position
        while position < end, bytes[position] != 0 { position += 1 }
        guard position < end else { throw truncated }
        position += 1
        return String(decoding: bytes[start..<position - 1], as: UTF8.self)
    }

    private mutating func byte() throws(BSONError) -> UInt8 {
        try skip(1)
        return bytes[position - 1]
    }

    private mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws(BSONError) -> Number {
        let start = position
        try skip(MemoryLayout<Number>.size)
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: type))
    }

    private mutating func skip(_ count: Int) throws(BSONError) {
        guard count >= 0, count <= bytes.count - position else { throw truncated }
        position += count
    }

    private var truncated: BSONError { BSONError(message: "a document that ends too early, at byte \(position)") }
}
