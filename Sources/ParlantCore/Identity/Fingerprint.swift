/// A number that tells contents apart: the same for the same content, on every machine and in every run (64-bit FNV-1a).
/// No protection against people who look for two contents with one number.
public struct Fingerprint: Sendable {
    private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    public init() {}

    /// Adds a text. Where one ends counts.
    ///
    /// - Complexity: O(size of the text).
    public mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        hash = hash &* 0x100_0000_01b3
    }

    /// 16 hexadecimal digits.
    public var digits: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
