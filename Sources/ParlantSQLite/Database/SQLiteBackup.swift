import Dispatch
import Foundation
import GRDB
import Glibc
import ParlantStores

/// Copies a SQLite store to another file while a server uses it.
public enum SQLiteBackup {
    /// Writes a copy of everything that was acknowledged before the call. Writers and readers go on meanwhile.
    ///
    /// The copy is a store like any other. It appears under its name when it is complete and on the disk; what a
    /// killed copy leaves behind is `TARGET.partial` and its journal, which the next one replaces.
    ///
    /// - Parameters:
    ///   - path: The store; a server may have it open.
    ///   - target: The copy. Nothing may be there.
    /// - Returns: Bytes of the copy. It has no gaps, so it may be smaller than the store.
    /// - Throws: ``SQLiteOpenError`` with the file and the remedy; then there is no copy.
    /// - Complexity: O(size of the store), away from the cooperative pool.
    public static func copy(_ path: String, to target: String) async throws(SQLiteOpenError) -> Int {
        let result: Result<Int, SQLiteOpenError> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                do throws(SQLiteOpenError) {
                    continuation.resume(returning: .success(try write(path, target)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    private static func write(_ path: String, _ target: String) throws(SQLiteOpenError) -> Int {
        let files = FileManager.default
        for name in [path, target] {
            var isFolder: ObjCBool = false
            guard files.fileExists(atPath: name, isDirectory: &isFolder), isFolder.boolValue else { continue }
            throw SQLiteOpenError.notWritable(name, errno: EISDIR)
        }
        guard files.fileExists(atPath: path) else {
            throw SQLiteOpenError("\(path): there is no such file; name the file of a store")
        }
        guard !files.fileExists(atPath: target) else {
            throw SQLiteOpenError("\(target): there is a file already; name another one for the copy")
        }
        let partial = "\(target).partial"
        discard(partial)
        try make(partial)
        do {
            let store = try open(path)
            do {
                try store.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [partial]) }
            } catch let error as DatabaseError {
                throw SQLiteOpenError(error, path: isOfCopy(error) ? target : path)
            }
            try store.close()
            return try publish(partial, target)
        } catch {
            discard(partial)
            throw SQLiteOpenError(error, path: path)
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let store = try DatabaseQueue(path: path, configuration: configuration)
        try Schema.check(store)
        return store
    }

    /// Whether the copy is what failed, and not the store: that one is open by then, and is only read.
    static func isOfCopy(_ error: DatabaseError) -> Bool {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_CORRUPT, .SQLITE_NOTADB: false
        case .SQLITE_IOERR: ![.SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ].contains(error.extendedResultCode)
        default: true
        }
    }

    /// Removes an unfinished copy, and the journal that SQLite kept of it.
    private static func discard(_ partial: String) {
        for name in [partial, "\(partial)-journal"] { unlink(name) }
    }

    /// An empty file for its owner alone, which SQLite then fills.
    private static func make(_ path: String) throws(SQLiteOpenError) {
        let handle = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard handle >= 0 else { throw SQLiteOpenError.notWritable(path, errno: errno) }
        Glibc.close(handle)
    }

    /// Puts the finished file on the disk, then under its name, and the name on the disk.
    private static func publish(_ partial: String, _ target: String) throws(SQLiteOpenError) -> Int {
        let handle = Glibc.open(partial, O_RDONLY | O_CLOEXEC)
        guard handle >= 0 else { throw SQLiteOpenError.notWritable(target, errno: errno) }
        defer { Glibc.close(handle) }
        var status = stat()
        guard fstat(handle, &status) == 0, fsync(handle) == 0 else {
            throw SQLiteOpenError.notWritable(target, errno: errno)
        }
        do {
            try DurableNames.rename(partial, to: target)
        } catch {
            throw SQLiteOpenError.notWritable(target, errno: error.errno)
        }
        return Int(status.st_size)
    }
}
