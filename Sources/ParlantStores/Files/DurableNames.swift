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

    private static func open(_ folder: String) throws(Failure) -> Int32 {
        let handle = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw Failure(errno: errno) }
        return handle
    }

    private static func sync(_ folder: Int32) throws(Failure) {
        guard fsync(folder) == 0 else { throw Failure(errno: errno) }
    }

    /// The folder that something is in.
    private static func folder(of path: String) -> String {
        var path = path[...]
        while path.count > 1, path.last == "/" { path.removeLast() }
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
