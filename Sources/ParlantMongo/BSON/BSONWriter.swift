import OrderedCollections

/// Writes documents as BSON.
struct BSONWriter {
    private(set) var bytes: [UInt8] = []

    /// A document as bytes. Keys must not contain NUL; ``BSONKey`` sees to that for what clients name.
    static func bytes(of document: BSONDocument) -> [UInt8] {
        var writer = BSONWriter()
        writer.bytes.reserveCapacity(256)
        writer.append(document)
        return writer.bytes
    }

    private mutating func append(_ document: BSONDocument) {
        framed { writer in
            for (key, value) in document { writer.append(key, value) }
        }
    }

    private mutating func append(_ key: String, _ value: BSONValue) {
        bytes.append(value.type)
        bytes.append(contentsOf: key.utf8)
        bytes.append(0)
        switch value {
        case .null: break
        case .boolean(let flag): bytes.append(flag ? 1 : 0)
        case .integer(let number), .date(let number): append(number)
        case .double(let number): append(number.bitPattern)
        case .string(let text):
            append(Int32(text.utf8.count + 1))
            bytes.append(contentsOf: text.utf8)
            bytes.append(0)
        case .array(let elements):
            framed { writer in
                for (index, element) in elements.enumerated() { writer.append(String(index), element) }
            }
        case .document(let document): append(document)
        case .other(_, let raw): bytes.append(contentsOf: raw)
        }
    }

    /// Length, content, and the NUL that ends a document.
    private mutating func framed(_ content: (inout BSONWriter) -> Void) {
        let start = bytes.count
        append(Int32(0))
        content(&self)
        bytes.append(0)
        withUnsafeBytes(of: Int32(bytes.count - start).littleEndian) { length in
            for (index, byte) in length.enumerated() { bytes[start + index] = byte }
        }
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

extension BSONValue {
    /// The byte that names the type.
    fileprivate var type: UInt8 {
        switch self {
        case .double: 0x01
        case .string: 0x02
        case .document: 0x03
        case .array: 0x04
        case .boolean: 0x08
        case .date: 0x09
        case .null: 0x0A
        case .integer: 0x12
        case .other(let type, _): type
        }
    }
}
