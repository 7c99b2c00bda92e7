/// Folders whose entries tell of a change of scripts, and the names in them that matter.
struct WatchPoints: Sendable, Equatable {
    enum Names: Sendable, Equatable {
        case all
        case some(Set<String>)

        func contains(_ name: String) -> Bool {
            switch self {
            case .all: true
            case .some(let names): names.contains(name)
            }
        }

        mutating func formUnion(_ other: Names) {
            guard case .some(var names) = self, case .some(let others) = other else { return self = .all }
            names.formUnion(others)
            self = .some(names)
        }
    }

    /// By the folder's path.
    private(set) var folders: [String: Names] = [:]

    /// Watches a folder of scripts.
    mutating func add(folder: String) { folders[folder] = .all }

    /// Watches one entry of the folder that holds it: a link's target, or the root of the scripts.
    mutating func add(entry path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        folders[folder, default: .some([])].formUnion(.some([String(path[path.index(after: slash)...])]))
    }
}
