/// Cuts the bytes of a stream into text. Bytes that are no UTF-8 are repaired, because Lua's strings cross as text.
struct StreamText {
    /// What a script asked for.
    enum Unit: String {
        /// Text up to a line feed, without it and without a carriage return before it.
        case lines
        /// Text as it arrives, cut between characters.
        case chunks
    }

    /// What is not handed out yet: the begin of a line, or of a character.
    private var pending: [UInt8] = []

    /// Bytes that wait for the rest of their line.
    var pendingCount: Int { pending.count }

    /// What can be handed out now that these bytes have come. O(bytes).
    mutating func add(_ bytes: [UInt8], by unit: Unit) -> [String] {
        switch unit {
        case .lines: return lines(bytes)
        case .chunks:
            pending += bytes
            let end = pending.count - Self.incompleteTail(pending)
            guard end > 0 else { return [] }
            defer { pending.removeFirst(end) }
            return [String(decoding: pending[..<end], as: UTF8.self)]
        }
    }

    /// What is left at the end of the stream; nil: nothing.
    mutating func finish() -> String? {
        guard !pending.isEmpty else { return nil }
        return takeLine()
    }

    private mutating func lines(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            pending += rest[..<end]
            lines.append(takeLine())
            rest = rest[(end + 1)...]
        }
        pending += rest
        return lines
    }

    private mutating func takeLine() -> String {
        defer { pending.removeAll(keepingCapacity: true) }
        if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
        return String(decoding: pending, as: UTF8.self)
    }

    /// How many bytes at the end begin a character whose other bytes have not come yet.
    private static func incompleteTail(_ bytes: [UInt8]) -> Int {
        for (distance, byte) in bytes.reversed().prefix(4).enumerated() {
            let length =
                switch byte {
                case 0xC0..<0xE0: 2
                case 0xE0..<0xF0: 3
                case 0xF0...: 4
                case 0x80..<0xC0: 0
                default: 1
                }
            if length > 0 { return distance + 1 < length ? distance + 1 : 0 }
        }
        return 0
    }
}
