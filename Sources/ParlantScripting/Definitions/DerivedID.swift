import ParlantCore

/// Ids that are the same in each load, process and version: they stand in events and metrics.
enum DerivedID {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// Ten characters of `[0-9A-Za-z]` from the parts, in this order.
    static func make(_ parts: String...) -> String {
        // The separator cannot be typed, so that ("ab", "c") and ("a", "bc") differ.
        var hash = StableHash.of(parts.joined(separator: "\u{1F}"))
        return String(unsafeUninitializedCapacity: 10) { buffer in
            for index in 0..<10 {
                buffer[index] = alphabet[Int(hash % 62)]
                hash /= 62
            }
            return 10
        }
    }

    /// A UUID from the parts, in this order.
    static func uuid(_ parts: String...) -> String {
        let text = parts.joined(separator: "\u{1F}")
        return UUIDText.make(StableHash.of("1\u{1F}" + text), StableHash.of("2\u{1F}" + text))
    }
}

/// A hash that never changes, unlike `Hasher`, whose seed differs per process.
enum StableHash {
    /// FNV-1a over the UTF-8, then the finaliser of SplitMix64, because FNV alone leaves the high bits of short texts
    /// alike.
    static func of(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return hash ^ (hash >> 31)
    }
}
