import Glibc

/// The system refused something that was asked of a file.
struct DiskError: Error, Equatable, CustomStringConvertible {
    /// What the system says.
    var errno: Int32
    /// The file, as the disk knows it.
    var name: String
    /// Whether it was a sync: what was written before may be lost although writing it went well.
    var isSync = false

    /// What is wrong and what to do about it.
    var sentence: String {
        switch errno {
        case ENOSPC, EDQUOT, EFBIG: "the disk is full; make room, then try again"
        case EACCES, EPERM: "the file or its folder cannot be read and written (\(reason)); allow it"
        case EROFS: "the disk can only be read (\(reason)); mount it for writing"
        case EMFILE, ENFILE: "too many files are open (\(reason)); raise the limit of open files"
        case EISDIR: "this is a folder where a file should be; move it away"
        default: "the disk does not read or write as it should (\(reason)); look at its state"
        }
    }

    /// The system's words.
    var reason: String { String(cString: strerror(errno)) }

    var description: String { "\(name): \(sentence)" }
}
