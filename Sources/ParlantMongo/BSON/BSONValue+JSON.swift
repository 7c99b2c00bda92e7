import ParlantCore

/// Any JSON comes back from BSON equal and of the same kind: integers with 64 bits, order of keys, keys of any text.
extension BSONValue {
    /// Holds an integer beyond 64 bits. No key of a client looks like this, because `%` is always escaped in them.
    private static let largeInteger = "%large_integer"

    init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .boolean(let flag): self = .boolean(flag)
        case .integer(let number): self = .integer(number)
        case .number(let number): self = .double(number)
        case .largeInteger(let digits): self = .document([Self.largeInteger: .string(digits)])
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map(BSONValue.init))
        case .object(let members): self = .document(BSONDocument(members))
        }
    }

    /// The value as JSON; nil for what no JSON holds. A date, which only other programs write, becomes its text, unless it
    /// is outside of the years 0 to 9999.
    var json: JSONValue? {
        switch self {
        case .null: return .null
        case .boolean(let flag): return .boolean(flag)
        case .integer(let number): return .integer(number)
        case .double(let number): return number.isFinite ? .number(number) : nil
        case .string(let text): return .string(text)
        case .date(let milliseconds):
            let (microseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1000)
            return overflow ? nil : Timestamp(exactly: microseconds).map { .string($0.description) }
        case .array(let elements):
            let values = elements.compactMap(\.json)
            return values.count == elements.count ? .array(values) : nil
        case .document(let document):
            if document.count == 1, case .string(let digits)? = document[Self.largeInteger] {
                return .largeInteger(digits)
            }
            return document.json.map(JSONValue.object)
        case .other: return nil
        }
    }
}

extension BSONDocument {
    init(_ members: JSONObject) {
        self.init(minimumCapacity: members.count)
        for (key, value) in members { self[BSONKey.escape(key)] = BSONValue(value) }
    }

    /// The fields as members of JSON; nil when one is no JSON.
    var json: JSONObject? {
        var members = JSONObject(minimumCapacity: count)
        for (key, value) in self {
            guard let json = value.json else { return nil }
            members[BSONKey.unescape(key)] = json
        }
        return members
    }
}

/// Keys that clients name, as MongoDB takes them: without NUL and dots, not empty, not beginning with a dollar.
///
/// Usual keys stay as they are, so that operators find them; in others such a character becomes `%` and two digits, as
/// in addresses of the web.
enum BSONKey {
    static func escape(_ key: String) -> String {
        guard key.isEmpty || key.utf8.first == UInt8(ascii: "$") || key.utf8.contains(where: isSpecial) else {
            return key
        }
        guard !key.isEmpty else { return "%" }
        var escaped: [UInt8] = []
        for (index, byte) in key.utf8.enumerated() {
            if isSpecial(byte) || (index == 0 && byte == UInt8(ascii: "$")) {
                escaped += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
            } else {
                escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    /// The inverse of ``escape(_:)``. Byte by byte, because a mark may combine with an escaped character.
    static func unescape(_ key: String) -> String {
        guard key.utf8.contains(UInt8(ascii: "%")) else { return key }
        var bytes: [UInt8] = []
        var rest = Array(key.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), rest.count >= 2,
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else {
                if byte != UInt8(ascii: "%") { bytes.append(byte) }
                continue
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 { Array("0123456789ABCDEF".utf8)[Int(value)] }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "%") || byte == UInt8(ascii: ".") || byte == 0
    }
}
