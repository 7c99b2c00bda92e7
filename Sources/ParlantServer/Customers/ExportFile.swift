import Glibc
import ParlantStores

/// A file that appears under its name when it is complete and on the disk. Until then it is `NAME.partial`, for its owner
/// alone.
final class ExportFile {
    private let path: String
    private let handle: Int32
    /// Bytes that are written.
    private(set) var count = 0

    private var partial: String { "\(path).partial" }

    /// - Throws: ``ConfigurationError`` when there is a file already, or it cannot be written.
    init(_ path: String) throws(ConfigurationError) {
        guard access(path, F_OK) != 0 else {
            throw ConfigurationError("\(path): there is a file already; name another one")
        }
        self.path = path
        handle = Glibc.open("\(path).partial", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard handle >= 0 else { throw Self.error(path) }
    }

    deinit { if handle >= 0 { Glibc.close(handle) } }

    /// Adds to the file.
    func write(_ bytes: [UInt8]) throws(ConfigurationError) {
        var start = 0
        while start < bytes.count {
            let written = bytes.withUnsafeBytes { buffer in
                Glibc.write(handle, buffer.baseAddress.map { $0 + start }, buffer.count - start)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.error(path) }
            start += written
        }
        count += bytes.count
    }

    /// Puts the file on the disk, then under its name, and the name on the disk.
    ///
    /// - Returns: Its bytes.
    func finish() throws(ConfigurationError) -> Int {
        guard fsync(handle) == 0 else { throw Self.error(path) }
        do {
            try DurableNames.rename(partial, to: path)
        } catch {
            throw Self.error(path, error.errno)
        }
        return count
    }

    /// Leaves nothing behind.
    func discard() { unlink(partial) }

    private static func error(_ path: String, _ code: Int32 = errno) -> ConfigurationError {
        ConfigurationError("\(path): cannot be written: \(String(cString: strerror(code)))")
    }
}
