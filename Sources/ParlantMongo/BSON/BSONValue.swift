import OrderedCollections

/// A document of MongoDB: fields in the order in which they are sent.
typealias BSONDocument = OrderedDictionary<String, BSONValue>

/// One value of BSON, as far as this server reads and writes them.
///
/// Written in Swift over bytes, because Swift cannot hold the C library's documents and iterators, which are aligned to
/// 128 bytes.
enum BSONValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    /// A whole number; written with 64 bits, read from 32 or 64.
    case integer(Int64)
    case double(Double)
    case string(String)
    /// Milliseconds since 1970.
    case date(Int64)
    case array([BSONValue])
    case document(BSONDocument)
    /// What only servers send: object ids, cluster times, resume tokens. Kept as it came, and sent back the same.
    case other(type: UInt8, bytes: [UInt8])
}

extension BSONValue {
    var string: String? { if case .string(let value) = self { value } else { nil } }
    var array: [BSONValue]? { if case .array(let value) = self { value } else { nil } }
    var document: BSONDocument? { if case .document(let value) = self { value } else { nil } }

    /// A whole number, also when the server sends it as a double, as it does for counts.
    var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }
}

extension BSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
    init(arrayLiteral elements: BSONValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, BSONValue)...) {
        self = .document(BSONDocument(elements, uniquingKeysWith: { _, last in last }))
    }
}
