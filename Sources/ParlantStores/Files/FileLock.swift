import Glibc
import Synchronization

/// The lock that keeps a second process away from a store: `PATH.lock`, held as long as the process lives.
///
/// The kernel lets go of it with the process, however that ends, so that a crash leaves nothing to clean up. A file of
/// its own: locks on a file of the store would be lost when another handle of that file is closed.
package final class FileLock: Sendable {
    /// Why there is no lock.
    package enum Refusal: Error, Equatable {
        /// Another store has it; its process, where it could be read.
        case inUse(by: Int32?)
        /// The file cannot be made or written; what the system says.
        case notWritable(errno: Int32)

        /// Who has it, in words.
        package static func owner(_ process: Int32?) -> String {
            process.map { $0 == getpid() ? "this process" : "the process \($0)" } ?? "another process"
        }
    }

    private let handle: Mutex<Int32?>

    /// Takes the lock.
    ///
    /// - Parameter path: What is protected; the lock is beside it.
    package init(_ path: String) throws(Refusal) {
        let handle = Glibc.open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard handle >= 0 else { throw .notWritable(errno: errno) }
        guard flock(handle, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let owner = Self.owner(handle)
            Glibc.close(handle)
            guard reason == EWOULDBLOCK else { throw .notWritable(errno: reason) }
            throw .inUse(by: owner)
        }
        Self.write(getpid(), handle)
        self.handle = Mutex(handle)
    }

    /// Lets go of it. A second call does nothing.
    package func release() {
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
