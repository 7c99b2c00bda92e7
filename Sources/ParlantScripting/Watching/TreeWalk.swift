import Foundation

/// Goes through the folders of scripts and notes each file, without reading it.
struct TreeWalk {
    /// Folders within folders beyond this are not followed.
    private static let depth = 32

    /// By the name that problems show: `agents/bank/init.lua`.
    private(set) var stamps: [String: FileStamp] = [:]
    /// Folders that are links out of the root, by the same kind of name; nothing is read from them.
    private(set) var outside: Set<String> = []
    private(set) var points = WatchPoints()
    /// What there were more of than the limit allows; the rest is missing then.
    enum Cut { case files, folders }

    private(set) var cut: Cut?
    private var folderCount = 0
    private let fileLimit: Int

    /// - Parameter fileLimit: Number of files in all; and of folders, because links between them can make a few look like
    ///   millions.
    init(_ roots: [Bundle.Kind: String], fileLimit: Int) {
        self.fileLimit = fileLimit
        for (kind, root) in roots { add(kind, root) }
    }

    private mutating func add(_ kind: Bundle.Kind, _ root: String) {
        watch(root: root)
        guard let real = FileStatus.realPath(root) else { return }
        points.add(entry: real)
        walk(kind.rawValue, real, Walk(root: real, above: []))
    }

    /// The root may be replaced as a whole, or be reached through a link that is set anew with each release.
    private mutating func watch(root: String) {
        let absolute = URL(filePath: root).standardizedFileURL.path
        var path = ""
        for component in absolute.split(separator: "/") {
            path += "/\(component)"
            if FileStatus.ofLink(path)?.isLink == true { points.add(entry: path) }
        }
        points.add(entry: path)
    }

    /// Where a walk is: its root, and the folders above, so that links in a circle end.
    private struct Walk {
        var root: String
        var above: [String]
    }

    private mutating func walk(_ name: String, _ path: String, _ walk: Walk) {
        guard cut == nil, !walk.above.contains(path), walk.above.count < Self.depth else { return }
        folderCount += 1
        guard folderCount <= fileLimit else { return cut = .folders }
        points.add(folder: path)
        guard let folder = opendir(path) else { return }
        defer { closedir(folder) }
        let below = Walk(root: walk.root, above: walk.above + [path])
        while let entry = readdir(folder) {
            let child = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if child.hasPrefix(".") { continue }
            add(child, to: name, at: path, below)
        }
    }

    private mutating func add(_ child: String, to name: String, at path: String, _ walk: Walk) {
        var real = "\(path)/\(child)"
        guard var status = FileStatus.ofLink(real) else { return }
        let isScript = child.hasSuffix(".lua")
        if status.isLink {
            guard let target = FileStatus.realPath(real), let behind = FileStatus.of(target) else { return }
            guard isScript || behind.isFolder else { return }
            (real, status) = (target, behind)
            points.add(entry: target)
        }
        if status.isFolder {
            if real == walk.root || real.hasPrefix(walk.root + "/") {
                self.walk("\(name)/\(child)", real, walk)
            } else {
                outside.insert("\(name)/\(child)")
            }
        } else if isScript {
            guard stamps.count < fileLimit else { return cut = .files }
            stamps["\(name)/\(child)"] = FileStamp(status, realPath: real)
        }
    }
}
