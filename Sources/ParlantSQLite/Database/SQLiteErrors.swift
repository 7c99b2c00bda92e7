import GRDB
import Glibc
import ParlantCore
import ParlantStores

/// A store in SQLite cannot be opened, or not be copied.
public struct SQLiteOpenError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence with the file and the remedy.
    public var message: String

    /// An error with this sentence.
    init(_ message: String) { self.message = message }

    public var description: String { message }

    /// What SQLite or the system says, in our words.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as SQLiteOpenError: self = error
        case let error as SchemaProblem: self.init("\(path): \(error.sentence)")
        case let error as DatabaseError: self.init("\(path): \(error.sentence)")
        default: self.init("\(path): the store cannot be opened: \(error)")
        }
    }

    static func inUse(_ path: String, by process: Int32?) -> SQLiteOpenError {
        return SQLiteOpenError(
            "\(path): the store is in use by \(FileLock.Refusal.owner(process)); stop that one first, or name another file: one server at a time "
                + "may have it open")
    }

    /// - Parameter file: Where `path` leads, if it is a symbolic link.
    static func notWritable(_ path: String, leadingTo file: String? = nil, errno code: Int32) -> SQLiteOpenError {
        let file = file ?? path
        // Of a name that ends as a folder's does, all of it.
        let folder = file.hasSuffix("/") ? String(file.dropLast()) : DurableNames.folder(of: file)
        let reason = String(cString: strerror(code))
        return switch code {
        case ENOENT where access(folder, F_OK) == 0:
            SQLiteOpenError("\(path): the folder \(folder) takes no new files; name a file in another folder")
        case ENOTDIR where access(folder, F_OK) == 0:
            SQLiteOpenError("\(path): \(folder) is no folder; name a file in a folder")
        case ENOENT, ENOTDIR:
            SQLiteOpenError("\(path): there is no folder \(folder); make it, or name another file")
        case EACCES, EPERM, EROFS:
            SQLiteOpenError(
                "\(path): the folder \(folder) cannot be written (\(reason)); allow it, or name another file")
        case ENOSPC, EDQUOT: SQLiteOpenError("\(path): the disk is full; make room, or name another file")
        case EISDIR: SQLiteOpenError("\(path) is a folder; name a file")
        default: SQLiteOpenError("\(path): the folder \(folder) cannot be used: \(reason)")
        }
    }
}

extension DatabaseError {
    /// What happened and what to do about it.
    var sentence: String {
        switch resultCode {
        case .SQLITE_FULL: "the disk is full; make room, then try again"
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            "another program has locked the file for longer than a write waits; end that one"
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            "the file or its folder cannot be written; allow it, or name another file"
        case .SQLITE_CANTOPEN: "the file cannot be opened; it needs a folder that exists and can be written"
        case .SQLITE_NOTADB: "the file is no SQLite database; name another file"
        case .SQLITE_CORRUPT: "the file is damaged; restore a backup"
        case .SQLITE_IOERR: "the disk does not read or write as it should (\(extendedResultCode)); look at its state"
        case .SQLITE_MISUSE: "the store is closed"
        default: "SQLite says: \(message ?? "error \(extendedResultCode.rawValue)")"
        }
    }
}

extension StoreError {
    /// What a store tells its caller: an error of its own as it is, and what SQLite says in our words.
    init(_ error: any Error, place: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as StoredFormError:
            self.init(.damaged, entity: "store", id: place, message: error.message)
        case let error as DatabaseError:
            let isDamaged = [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
            self.init(
                isDamaged ? .damaged : .unavailable, entity: "store", id: place,
                message: "\(place): \(error.sentence)", cause: error)
        case let error as ColumnNumberProblem:
            self.init(
                .damaged, entity: "store", id: place,
                message: "\(place): a row holds the number \(error.number), which this program never writes; restore a "
                    + "backup")
        case is RowDecodingError:
            // Not as the cause: its words hold the whole row, and what was asked.
            self.init(
                .damaged, entity: "store", id: place,
                message: "\(place): a row holds what this program never writes, nothing or a value of another type; "
                    + "restore a backup")
        default:
            self.init(
                .unavailable, entity: "store", id: place, message: "\(place): the store failed", cause: error)
        }
    }
}
