import Glibc

/// Changes of names that outlive a power cut. A name that was made or changed may be lost with the power, however well
/// its file is synced, until its folder is. All of these block.
package enum DurableNames {
    /// The system refused it.
    package struct Failure: Error, Equatable {
        /// What the system says.
        package var errno: Int32
    }

    /// Gives a file another name in the same folder, and returns when that is on the disk.
    ///
    /// - Throws: ``Failure``; then it has its old name, or none when the disk failed to sync.
    package static func rename(_ path: String, to other: String) throws(Failure) {
        // Before anything is changed, because it may be refused.
        let folder = try open(folder(of: other))
        defer { close(folder) }
        guard Glibc.rename(path, other) == 0 else { throw Failure(errno: errno) }
        do {
            try sync(folder)
        } catch {
            unlink(other)
            throw error
        }
    }

    /// Makes a folder for its owner alone, in one that is there, and returns when its name is on the disk.
    ///
    /// One that is there is fine, and its name is synced too where that is allowed: who made it may have been killed
    /// before that.
    package static func makeFolder(_ path: String) throws(Failure) {
        let isNew = mkdir(path, 0o700) == 0
        guard isNew || errno == EEXIST else { throw Failure(errno: errno) }
        var status = stat()
        // A link that leads nowhere is there, and is no folder.
        guard stat(path, &status) == 0 else { throw Failure(errno: errno == ENOENT ? ENOTDIR : errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw Failure(errno: ENOTDIR) }
        do {
            let parent = try open("\(path)/..")
            defer { close(parent) }
            try sync(parent)
        } catch {
            if isNew { throw error }
        }
    }

    /// Makes a folder, and those around it that are missing, as ``makeFolder(_:)`` does.
    package static func makeFolders(_ path: String) throws(Failure) {
        let parent = folder(of: path)
        if access(parent, F_OK) != 0, errno == ENOENT { try makeFolders(parent) }
        try makeFolder(path)
    }

    private static func open(_ folder: String) throws(Failure) -> Int32 {
        let handle = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw Failure(errno: errno) }
        return handle
    }

    private static func sync(_ folder: Int32) throws(Failure) {
        guard fsync(folder) == 0 else { throw Failure(errno: errno) }
    }

    /// The folder that something is in.
    package static func folder(of path: String) -> String {
        var path = path[...]
        while path.count > 1, path.last == "/" { path.removeLast() }
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
