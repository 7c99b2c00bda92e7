/// Text of a path segment or of a query, with `%XX` decoded; `+` stands for a space in queries only. What is no valid
/// escape stays as it is.
func percentDecoded(_ text: Substring.UTF8View, plusIsSpace: Bool) -> String {
    let plus = UInt8(ascii: "+")
    let percent = UInt8(ascii: "%")
    guard text.contains(where: { $0 == percent || (plusIsSpace && $0 == plus) }) else {
        return String(Substring(text))
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var rest = text[...]
    while let byte = rest.popFirst() {
        if byte == percent, let high = hexDigit(rest.first), let low = hexDigit(rest.dropFirst().first) {
            bytes.append(high << 4 | low)
            rest = rest.dropFirst(2)
        } else {
            bytes.append(plusIsSpace && byte == plus ? UInt8(ascii: " ") : byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

private func hexDigit(_ byte: UInt8?) -> UInt8? {
    switch byte {
    case let digit? where digit >= UInt8(ascii: "0") && digit <= UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case let digit? where digit >= UInt8(ascii: "a") && digit <= UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case let digit? where digit >= UInt8(ascii: "A") && digit <= UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}

/// The text with everything as `%XX` that could confuse a header or a log line: all but visible ASCII, and `,`, `%`.
func percentEncodedForHeader(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
        if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: ","), byte != UInt8(ascii: "%") {
            bytes.append(byte)
        } else {
            bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
