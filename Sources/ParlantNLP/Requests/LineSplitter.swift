/// Cuts bytes that come in pieces into lines. Lines end with LF or CR LF.
struct LineSplitter: Sendable {
    /// A line is longer than ``LineSplitter/limit``.
    struct TooLong: Error {}

    /// Bytes of a line at most; events of models have some hundred.
    static let limit = 1 << 20
    private var rest: [UInt8] = []

    /// The lines that a piece completes, without their ends. O(bytes of the piece).
    ///
    /// - Throws: ``TooLong``; there is nothing more to read then.
    mutating func lines(adding piece: [UInt8]) throws(TooLong) -> [String] {
        var lines: [String] = []
        var start = piece.startIndex
        for (index, byte) in piece.enumerated() where byte == UInt8(ascii: "\n") {
            rest += piece[start..<index]
            guard rest.count <= Self.limit else { throw TooLong() }
            lines.append(line())
            start = index + 1
        }
        rest += piece[start...]
        guard rest.count <= Self.limit else { throw TooLong() }
        return lines
    }

    /// The last line, when it has no end; nil when there is none.
    mutating func last() -> String? { rest.isEmpty ? nil : line() }

    private mutating func line() -> String {
        defer { rest.removeAll(keepingCapacity: true) }
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        return String(decoding: rest, as: UTF8.self)
    }
}

extension String {
    /// The data of a line of server-sent events; nil for all other lines. The services put an event's whole data on
    /// one line.
    var eventData: Substring? {
        guard hasPrefix("data:") else { return nil }
        let data = dropFirst("data:".count)
        return data.first == " " ? data.dropFirst() : data
    }
}
