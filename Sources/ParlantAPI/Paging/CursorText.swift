import ParlantCore

extension PageCursor {
    /// The cursor as clients carry it: the URL-safe base64 of `time|id`. Opaque to them.
    var wire: String { Base64URL.encode(Array("\(createdAt)|\(id)".utf8)) }

    /// Reads what ``wire`` wrote; nil for anything else.
    init?(wire: String) {
        guard let bytes = Base64URL.decode(wire), let text = String(validating: bytes, as: UTF8.self),
            let bar = text.firstIndex(of: "|"), let time = Timestamp(String(text[..<bar]))
        else { return nil }
        self.init(createdAt: time, id: String(text[bar...].dropFirst()))
    }
}

/// Base64 with the alphabet for URLs; reads the other alphabet too, and padding is optional.
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let chunk = bytes[start..<min(start + 3, bytes.count)]
            var bits = chunk.reduce(0 as UInt32) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - chunk.count))
            bits <<= 8
            for position in 0..<4 {
                let isFiller = position > chunk.count
                text.append(isFiller ? UInt8(ascii: "=") : alphabet[Int(bits >> 26)])
                bits <<= 6
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for character in text.utf8 where character != UInt8(ascii: "=") {
            guard let digit = digit(character) else { return nil }
            bits = bits << 6 | UInt32(digit)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"), UInt8(ascii: "+"): 62
        case UInt8(ascii: "_"), UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
