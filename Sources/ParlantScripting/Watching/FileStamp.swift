import Glibc

/// What the file system says of a script without opening it: two equal stamps mean one file that nobody touched.
struct FileStamp: Sendable, Equatable {
    var device: UInt64
    var inode: UInt64
    var size: Int
    /// Nanoseconds since 1970 of the last write.
    var modified: Int64
    /// Nanoseconds since 1970 of the last change of contents, name or rights; nobody can set it back.
    var changed: Int64
    /// Path without symbolic links, so that a link that points elsewhere is another file.
    var realPath: String
    /// Whether it can be read as a file at all; a pipe would block its reader.
    var isRegular: Bool

    init(_ status: stat, realPath: String) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
        self.realPath = realPath
        isRegular = status.st_mode & S_IFMT == S_IFREG
    }
}

/// What the system knows under a path.
enum FileStatus {
    /// The path itself, links not followed.
    static func ofLink(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// What the path leads to.
    static func of(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    /// The path without symbolic links; nil when it leads nowhere.
    static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

extension stat {
    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
    var isLink: Bool { st_mode & S_IFMT == S_IFLNK }
}
