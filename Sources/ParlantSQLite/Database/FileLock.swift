import Glibc
import Synchronization

/// The lock that keeps a second process away from a store: `PATH.lock`, held as long as the process lives.
///
/// The kernel lets go of it with the process, however that ends, so that a crash leaves nothing to clean up. A file of
/// its own, because SQLite's own locks on the database would be lost when another handle of it is closed.
final class FileLock: Sendable {
    private let handle: Mutex<Int32?>

    /// Takes the lock.
    ///
    /// - Parameter path: The file that is protected.
    /// - Throws: ``SQLiteOpenError`` that names the process which has it, or says why the lock cannot be written.
    init(_ path: String) throws(SQLiteOpenError) {
        let handle = Glibc.open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard handle >= 0 else { throw SQLiteOpenError.notWritable(path, errno: errno) }
        guard flock(handle, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let owner = Self.owner(handle)
            Glibc.close(handle)
            guard reason == EWOULDBLOCK else { throw SQLiteOpenError.notWritable(path, errno: reason) }
            throw SQLiteOpenError.inUse(path, by: owner)
        }
        Self.write(getpid(), handle)
        self.handle = Mutex(handle)
    }

    /// Lets go of it. A second call does nothing.
    func release() {
        handle.withLock { handle in
            if let open = handle { Glibc.close(open) }
            handle = nil
        }
    }

    /// The process that wrote its number there; nil when there is none to be read.
    private static func owner(_ handle: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(handle, &bytes, bytes.count, 0)
        return count > 0 ? Int32(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)) : nil
    }

    /// For people only: the lock holds whether or not the number could be written.
    private static func write(_ process: pid_t, _ handle: Int32) {
        let text = Array("\(process)\n".utf8)
        _ = ftruncate(handle, 0)
        _ = pwrite(handle, text, text.count, 0)
    }
}
