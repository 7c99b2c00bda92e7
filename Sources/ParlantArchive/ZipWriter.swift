import CArchive
import ParlantCore

/// Writes a zip file from its beginning to its end, without ever holding it as a whole. Use it from one task.
///
/// All that it throws is an ``ArchiveError``. The functions do not say so, because the optimizer of Swift 6.3 crashes where
/// typed errors are inlined into an asynchronous function.
final class ZipWriter {
    /// What is compressed and not yet taken. Apart from the writer, because the library holds on to it.
    private final class Output {
        var bytes: [UInt8] = []
    }

    private let archive: OpaquePointer
    private let output = Output()
    private let moment: Timestamp

    /// - Parameter moment: When the files in it were made.
    /// - Throws: ``ArchiveError`` when there is no memory.
    init(at moment: Timestamp) throws {
        guard let archive = archive_write_new() else { throw ArchiveError("there is no memory for a zip file") }
        self.archive = archive
        self.moment = moment
        try check(archive_write_set_format_zip(archive))
        try check(archive_write_zip_set_compression_deflate(archive))
        // Hand on each piece at once, and do not fill up the last one.
        try check(archive_write_set_bytes_per_block(archive, 0))
        try check(archive_write_set_bytes_in_last_block(archive, 1))
        let target = Unmanaged.passUnretained(output).toOpaque()
        try check(
            archive_write_open2(
                archive, target, nil,
                { _, target, bytes, count in
                    guard let target, let bytes else { return -1 }
                    let output = Unmanaged<Output>.fromOpaque(target).takeUnretainedValue()
                    output.bytes.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
                    return count
                }, nil, nil))
    }

    deinit { archive_write_free(archive) }

    /// Begins a file, and ends the one before.
    ///
    /// - Parameter path: ASCII, with `/` between folders.
    func begin(_ path: String) throws {
        guard let entry = archive_entry_new() else { throw ArchiveError("there is no memory for a zip file") }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, path)
        archive_entry_set_filetype(entry, 0o100000)
        archive_entry_set_perm(entry, 0o600)
        archive_entry_set_mtime(entry, time_t(moment.microseconds / 1_000_000), 0)
        // Nobody knows its size before it is written: the library puts that behind it.
        archive_entry_unset_size(entry)
        try check(archive_write_header(archive, entry))
    }

    /// Adds to the file that was begun last.
    func add(_ bytes: [UInt8]) throws {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                archive_write_data(archive, buffer.baseAddress.map { $0 + start }, buffer.count - start)
            }
            guard count > 0 else { throw problem }
            start += count
        }
    }

    /// Adds a text to the file that was begun last.
    func add(_ text: String) throws { try add(Array(text.utf8)) }

    /// Ends the last file, and the zip file.
    func finish() throws { try check(archive_write_close(archive)) }

    /// What was written since the last call.
    func take() -> [UInt8] {
        defer { output.bytes = [] }
        return output.bytes
    }

    private func check(_ code: Int32) throws {
        // A warning is about what we do not ask for.
        if code < ARCHIVE_WARN { throw problem }
    }

    private var problem: ArchiveError {
        ArchiveError(
            "the zip file cannot be written: \(archive_error_string(archive).map { String(cString: $0) } ?? "?")")
    }
}

/// An archive cannot be written.
public struct ArchiveError: Error, Sendable, CustomStringConvertible {
    /// One sentence.
    public var message: String

    /// An error with this sentence.
    init(_ message: String) { self.message = message }

    public var description: String { message }
}
