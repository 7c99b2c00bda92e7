import Foundation
import Testing

@testable import ParlantScripting

/// A watch on a folder of scripts, as the server sets it up.
private final class Watched {
    let folder: ScriptFolder
    private let watch: InotifyWatch
    private var hints: AsyncStream<Void>.Iterator
    private let reader: SourceTreeReader
    private var tree: SourceTree?

    init(_ files: [String: String]) throws {
        folder = try ScriptFolder(files)
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        watch = try #require(InotifyWatch { continuation.yield() })
        hints = stream.makeAsyncIterator()
        reader = SourceTreeReader(roots: folder.roots(), limits: ScriptLimits())
        guard case .stable(let tree, _) = reader.read(after: nil) else { throw CancellationError() }
        self.tree = tree
        #expect(watch.watch(tree.points).isComplete)
    }

    deinit { watch.stop() }

    var path: String { folder.path + "/agents" }

    /// Waits for hints until a reading shows a change; a hint may come in the middle of it.
    func change() async throws {
        while await hints.next() != nil {
            guard case .stable(let tree, let isSame) = reader.read(after: tree) else { continue }
            _ = watch.watch(tree.points)
            if isSame { continue }
            self.tree = tree
            return
        }
        Issue.record("no hint came")
    }

    func text(_ name: String) -> String? {
        guard case .text(let text) = tree?.files[name]?.contents else { return nil }
        return text
    }

    func shell(_ command: String) {
        #expect(system("set -e; cd '\(path)'; \(command)") == 0, "\(command)")
    }
}

@Suite("Noticing changes of files", .timeLimit(.minutes(5)))
struct WatchTests {
    @Test(
        "however an editor or a deployment writes",
        arguments: [
            ("in place", "printf new > a.lua"),
            ("by rename", "printf new > .a.tmp; mv .a.tmp a.lua"),
            ("with a backup", "mv a.lua a.lua~; printf new > a.lua"),
            (
                "as a copy with an old date",
                "printf new > ../aged; touch -d 2001-01-01 ../aged; cp -p ../aged a.lua; rm ../aged"
            ),
            ("the target of a link", "ln -s a.lua b.lua; printf new > a.lua"),
            (
                "the whole folder",
                "cp -r . ../next; printf new > ../next/a.lua; mv ../agents ../old; mv ../next ../agents"
            ),
        ])
    func save(kind: String, command: String) async throws {
        let watched = try Watched(["agents/a.lua": "old"])
        watched.shell(command)
        while watched.text("agents/a.lua") != "new" { try await watched.change() }
    }

    @Test("a link to a file elsewhere in the folder, when either changes")
    func links() async throws {
        let watched = try Watched(["agents/_one/x.lua": "one", "agents/_two/x.lua": "two"])
        watched.shell("ln -s _one/x.lua a.lua")
        try await watched.change()
        #expect(watched.text("agents/a.lua") == "one")
        watched.shell("ln -sf _two/x.lua a.lua")
        while watched.text("agents/a.lua") != "two" { try await watched.change() }
        watched.shell("printf three > _two/x.lua")
        while watched.text("agents/a.lua") != "three" { try await watched.change() }
    }

    @Test("a folder that is a link to a hidden one, as mounted configuration is")
    func hiddenTarget() async throws {
        let watched = try Watched(["agents/..1/a.lua": "one", "agents/..2/a.lua": "two"])
        watched.shell("ln -s ..1 ..data; ln -s ..data/a.lua a.lua")
        while watched.text("agents/a.lua") != "one" { try await watched.change() }
        watched.shell("ln -s ..2 ..next; mv -T ..next ..data")
        while watched.text("agents/a.lua") != "two" { try await watched.change() }
    }

    @Test("a new folder, and what is written into it later")
    func newFolder() async throws {
        let watched = try Watched(["agents/a.lua": "x"])
        watched.shell("mkdir b; printf 1 > b/init.lua")
        while watched.text("agents/b/init.lua") != "1" { try await watched.change() }
        watched.shell("printf 2 > b/init.lua")
        while watched.text("agents/b/init.lua") != "2" { try await watched.change() }
        watched.shell("rm -r b")
        while watched.text("agents/b/init.lua") != nil { try await watched.change() }
    }

    @Test("links in a circle, pipes and other files do no harm")
    func oddities() throws {
        let watched = try Watched(["agents/a.lua": "x", "agents/notes.txt": "y"])
        watched.shell("ln -s . loop; mkfifo pipe.lua; ln -s /etc outside; ln -s nowhere.lua gone.lua")
        let reader = SourceTreeReader(roots: watched.folder.roots(), limits: ScriptLimits())
        guard case .stable(let tree, _) = reader.read(after: nil) else {
            Issue.record("nothing moves here")
            return
        }
        #expect(Set(tree.files.keys) == ["agents/a.lua", "agents/pipe.lua"])
        #expect(
            tree.files["agents/pipe.lua"]?.contents
                == .unusable("agents/pipe.lua: cannot be read: no permission, or it is no file"))
        #expect(tree.outside == ["agents/outside"])
    }

    @Test("too many files are a problem of the folder, and so are too many bytes")
    func limits() throws {
        let folder = try ScriptFolder(["agents/a.lua": "12345", "agents/b.lua": "12345", "agents/c.lua": "12345"])
        var limits = ScriptLimits()
        limits.files = 2
        limits.sourceBytes = 9
        guard case .stable(let tree, _) = SourceTreeReader(roots: folder.roots(), limits: limits).read(after: nil)
        else {
            Issue.record("nothing moves here")
            return
        }
        #expect(
            tree.found.problems.map(\.description) == [
                "agents: there are more than 2 script files here and in plugins; move what is not a script of these agents",
                "agents: the scripts here and in plugins have 10 bytes, more than the limit of 9 bytes",
            ])
    }

    @Test("links that make a few folders look like millions are a problem of the folder, and end")
    func manyFolders() throws {
        let folder = try ScriptFolder(["agents/a.lua": "x"])
        let agents = folder.path + "/agents"
        for number in 0..<30 {
            let path = "\(agents)/f\(number)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            for name in ["left", "right"] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(path)/\(name)", withDestinationPath: "../f\(number + 1)")
            }
        }
        var limits = ScriptLimits()
        limits.files = 100
        guard case .stable(let tree, _) = SourceTreeReader(roots: folder.roots(), limits: limits).read(after: nil)
        else {
            Issue.record("nothing moves here")
            return
        }
        #expect(
            tree.found.problems.map(\.description) == [
                "agents: there are more than 100 folders here and in plugins, links to folders included; move what has no scripts"
            ])
    }

    @Test("what is written into other files of a folder of scripts does not matter; what comes and goes there does")
    func otherFiles() {
        var points = WatchPoints()
        points.add(folder: "/agents")
        points.add(entry: "/agents/..data/text")
        points.add(entry: "/agents/target")
        let agents = points.folders["/agents"] ?? .init()
        #expect(agents.contains("a.lua", isWrite: true))
        #expect(agents.contains("target", isWrite: true), "a link leads to it")
        #expect(!agents.contains("debug.log", isWrite: true))
        #expect(agents.contains("debug.log", isWrite: false), "it may be a link to a folder")
        let data = points.folders["/agents/..data"] ?? .init()
        #expect(data.contains("text", isWrite: false) && data.contains("text", isWrite: true))
        #expect(!data.contains("a.lua", isWrite: false))
    }
}
