import ParlantCore

/// One part of what is exported of a customer: a file or a folder of the zip file.
struct ArchivePart: Sendable {
    /// What it is, for the README: path and description.
    var path: String
    var about: String
    /// Writes it. A part of which there is nothing writes nothing.
    var write: @Sendable (_ customer: CustomerID, _ stores: Stores, _ zip: ArchiveFile) async throws -> Void

    /// All parts in the order in which they are written. One more is one line here.
    static let all: [ArchivePart] = [
        .customer, .tags, .documents, .memories, .values, .entries, .sessions, .explanations,
    ]
}

/// A zip file on its way to a sink.
final class ArchiveFile {
    /// Bytes that are gathered before they are handed on.
    private static let chunk = 64 << 10

    private let zip: ZipWriter
    private let sink: ByteSink
    private var pending: [UInt8] = []

    init(at moment: Timestamp, _ sink: @escaping ByteSink) throws {
        zip = try ZipWriter(at: moment)
        self.sink = sink
    }

    /// Begins a file, and ends the one before.
    func begin(_ path: String) async throws {
        try zip.begin(path)
        try await hand(on: false)
    }

    /// Adds to the file that was begun last, and returns when the sink has room for more.
    func add(_ text: String) async throws {
        try zip.add(text)
        try await hand(on: false)
    }

    /// Writes a file with a JSON value in it.
    func write(_ value: JSONValue, to path: String) async throws {
        try await begin(path)
        try await add(ReadableJSON.text(value) + "\n")
    }

    /// Ends the zip file.
    func finish() async throws {
        try zip.finish()
        try await hand(on: true)
    }

    private func hand(on isLast: Bool) async throws {
        pending += zip.take()
        guard isLast || pending.count >= Self.chunk else { return }
        let bytes = pending
        pending = []
        if !bytes.isEmpty { try await sink(bytes) }
    }

    /// An id as the name of a file: letters, digits, `-` and `_` as they are, all else as `%2E`.
    static func name(_ id: String) -> String {
        var name = ""
        for byte in id.utf8 {
            let scalar = Unicode.Scalar(byte)
            if byte < 0x80,
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "-_".unicodeScalars.contains(scalar)
            {
                name.unicodeScalars.append(scalar)
            } else {
                let hex = String(byte, radix: 16, uppercase: true)
                name += "%" + (hex.count < 2 ? "0" : "") + hex
            }
        }
        // File systems take names of 255 bytes; ids of ours are shorter.
        return String(name.prefix(200))
    }
}
