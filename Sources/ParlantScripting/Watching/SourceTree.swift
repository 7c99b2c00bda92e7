import Foundation

/// All scripts at one moment: what is loaded comes from here, so that no load sees half of a change.
struct SourceTree: Sendable {
    /// A script as it was read.
    struct File: Sendable, Equatable {
        var stamp: FileStamp
        var contents: Contents
    }

    enum Contents: Sendable, Equatable {
        case text(String)
        /// Why there is no text, for the script that requires it.
        case unusable(String)
    }

    /// By the name that problems show: `agents/bank/init.lua`.
    var files: [String: File]
    /// Folders that are links out of the root.
    var outside: Set<String>
    /// The bundles, and what keeps entries from being one.
    var found: FoundBundles
    var points: WatchPoints
    /// Nanoseconds since 1970, by the clock that stamps files.
    var readAt: Int64

    /// Whether scripts would load alike from both.
    func isSame(as other: SourceTree) -> Bool {
        found == other.found && outside == other.outside && files.count == other.files.count
            && files.allSatisfy { other.files[$0]?.contents == $1.contents }
    }
}

/// Reads the folders of scripts. Blocks while the disk works, so call it on a thread of its own.
struct SourceTreeReader: Sendable {
    enum Reading: Sendable {
        /// Files changed while they were read; try again later.
        case moving
        /// One moment's state. `isSame`: scripts would load as from the reading before.
        case stable(SourceTree, isSame: Bool)
    }

    /// A file that was changed this shortly before it was read may change again without another stamp, because the file
    /// system's clock is coarse.
    private static let coarseness: Int64 = 1_000_000_000

    let roots: ScriptRoots
    let limits: ScriptLimits

    /// Reads what is new since `earlier`. Cost: a look at each file, and the reading of those that changed.
    func read(after earlier: SourceTree?) -> Reading {
        let readAt = Self.now
        let walk = walk()
        var files: [String: SourceTree.File] = [:]
        var bytes = 0
        for (name, stamp) in walk.stamps {
            let contents: SourceTree.Contents
            if let earlier, let known = earlier.files[name], known.stamp == stamp,
                stamp.changed < earlier.readAt - Self.coarseness
            {
                contents = known.contents
            } else {
                contents = read(stamp, name)
            }
            if case .text(let text) = contents { bytes += text.utf8.count }
            files[name] = SourceTree.File(stamp: stamp, contents: contents)
        }
        // Before the second walk, so that bundles and files are those of one moment.
        var found = FoundBundles(roots)
        guard self.walk().stamps == walk.stamps else { return .moving }
        switch walk.cut {
        case .files: found.problems.append(.folder(Wording.tooManyFiles(limits.files)))
        case .folders: found.problems.append(.folder(Wording.tooManyFolders(limits.files)))
        case nil: break
        }
        if bytes > limits.sourceBytes {
            found.problems.append(.folder(Wording.tooManyBytes(bytes, limit: limits.sourceBytes)))
        }
        let tree = SourceTree(
            files: files, outside: walk.outside, found: found, points: walk.points, readAt: readAt)
        return .stable(tree, isSame: earlier.map(tree.isSame) ?? false)
    }

    private func walk() -> TreeWalk {
        var folders = [Bundle.Kind.agent: roots.agents]
        folders[.plugin] = roots.plugins
        return TreeWalk(folders, fileLimit: limits.files)
    }

    private func read(_ stamp: FileStamp, _ name: String) -> SourceTree.Contents {
        let kind = name.split(separator: "/").first.flatMap { Bundle.Kind(rawValue: String($0)) }
        let root = (kind == .plugin ? roots.plugins : roots.agents).flatMap(FileStatus.realPath)
        guard let root, stamp.realPath.hasPrefix(root + "/") else {
            return .unusable("\(name): \(Wording.leavesFolder)")
        }
        guard stamp.isRegular, let file = FileHandle(forReadingAtPath: stamp.realPath) else {
            return .unusable("\(name): \(Wording.unreadable("no permission, or it is no file"))")
        }
        defer { try? file.close() }
        guard stamp.size <= limits.fileBytes else {
            return .unusable("\(name): \(Wording.tooLarge(stamp.size, limit: limits.fileBytes))")
        }
        // One byte more than the size tells a file that grows.
        guard let bytes = try? file.read(upToCount: limits.fileBytes + 1) else {
            return .unusable("\(name): \(Wording.unreadable("the disk failed"))")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return .unusable("\(name): \(Wording.notText)")
        }
        return .text(text)
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension LoadProblem {
    /// A problem of the whole folder of agents.
    fileprivate static func folder(_ message: String) -> LoadProblem {
        LoadProblem(bundle: "", file: Bundle.Kind.agent.rawValue, line: nil, message: message)
    }
}
