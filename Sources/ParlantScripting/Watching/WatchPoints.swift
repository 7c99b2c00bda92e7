/// Folders whose entries tell of a change of scripts, and the names in them that matter.
struct WatchPoints: Sendable, Equatable {
    /// Entries of one folder.
    struct Names: Sendable, Equatable {
        /// Whether it is a folder of scripts: whatever comes, goes or is renamed there matters, as it may be a script, a
        /// folder or a link to one. Of what is written only scripts matter: a log that grows there must not look like
        /// scripts that never rest.
        var holdsScripts = false
        /// Entries that matter in any folder.
        var named: Set<String> = []

        /// - Parameter isWrite: Only the contents of the entry changed.
        func contains(_ name: String, isWrite: Bool) -> Bool {
            named.contains(name) || holdsScripts && (!isWrite || name.hasSuffix(".lua"))
        }

        mutating func formUnion(_ other: Names) {
            holdsScripts = holdsScripts || other.holdsScripts
            named.formUnion(other.named)
        }
    }

    /// By the folder's path.
    private(set) var folders: [String: Names] = [:]

    /// Watches a folder of scripts.
    mutating func add(folder: String) { folders[folder, default: Names()].holdsScripts = true }

    /// Watches one entry of the folder that holds it: a link's target, or the root of the scripts.
    mutating func add(entry path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        folders[folder, default: Names()].named.insert(String(path[path.index(after: slash)...]))
    }
}
