import Glibc
import ParlantCore
import ParlantStores

/// A local store cannot be opened.
public struct LocalOpenError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence with the file and the remedy.
    public var message: String

    /// An error with this sentence.
    init(_ message: String) { self.message = message }

    public var description: String { message }

    init(_ refusal: FileLock.Refusal, folder: String) {
        switch refusal {
        case .inUse(let process):
            self.init(
                "\(folder): the store is in use by \(FileLock.Refusal.owner(process)); stop that one first, or name "
                    + "another folder: one server at a time may have it open")
        case .notWritable(let code): self.init(errno: code, folder: folder)
        }
    }

    /// The folder cannot be made or written.
    init(errno code: Int32, folder: String) {
        let reason = String(cString: strerror(code))
        let parent = DurableNames.folder(of: folder)
        switch code {
        case ENOENT where access(parent, F_OK) == 0:
            self.init("\(folder): the folder \(parent) takes no new folders; name one somewhere else")
        case ENOENT:
            self.init("\(folder): there is no folder \(parent); make it, or name another folder")
        case ENOTDIR, EEXIST: self.init("\(folder) is no folder; name a folder")
        case EACCES, EPERM, EROFS:
            self.init("\(folder): the folder cannot be written (\(reason)); allow it, or name another folder")
        case ENOSPC, EDQUOT: self.init("\(folder): the disk is full; make room, or name another folder")
        default: self.init("\(folder): the folder cannot be used: \(reason)")
        }
    }
}

/// A file of the store does not say what it should. Nothing was changed.
struct FileDamage: Error, Equatable, CustomStringConvertible {
    /// Name of the file in the folder.
    var file: String
    /// Line, from 1; nil: the file as a whole.
    var line: Int?
    /// What is wrong and what to do about it.
    var problem: String

    var description: String { "\(file)\(line.map { ", line \($0)" } ?? ""): \(problem)" }
}

extension StoreError {
    /// What a store tells its caller: an error of its own as it is, and what the disk says in our words.
    init(_ error: any Error, place: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as DiskError:
            let file = error.name.isEmpty ? place : "\(place)/\(error.name)"
            self.init(.unavailable, entity: "store", id: place, message: "\(file): \(error.sentence)", cause: error)
        case let error as FileDamage:
            self.init(.damaged, entity: "store", id: place, message: "\(place)/\(error)")
        case is GroupWriter.Closed:
            self.init(.unavailable, entity: "store", id: place, message: "\(place): the store is closed")
        default:
            self.init(.unavailable, entity: "store", id: place, message: "\(place): the store failed", cause: error)
        }
    }
}
