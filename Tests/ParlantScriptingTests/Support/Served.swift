import ParlantCore
import Testing

@testable import ParlantScripting

/// A folder, and what a server made of it so far.
final class Served {
    let folder: ScriptFolder
    let loader: ScriptLoader
    var set = ScriptSet()
    var tree: SourceTree?
    var scripts: LoadedScripts?

    init(_ files: [String: String], _ loading: Loader = Loader()) async throws {
        folder = try ScriptFolder(files)
        loader = ScriptLoader(
            ScriptSetup(
                folder.roots(plugins: loading.plugins), configuration: loading.configuration, lanes: lanes,
                http: loading.http, clock: loading.clock, limits: loading.limits, logger: loading.log.logger))
        let first = try await loader.loadFirst().get()
        (set, tree, scripts) = (first.set, first.tree, first.scripts)
    }

    /// Reads and loads what changed, and swaps.
    @discardableResult
    func reload() async throws -> [ScriptSet.Change] {
        guard case .stable(let tree, let isSame) = await loader.read(after: tree) else {
            Issue.record("the folder changed while it was read")
            return []
        }
        self.tree = tree
        if isSame { return [] }
        let outcome = await loader.load(tree, after: set)
        set = outcome.set
        if outcome.isNew { scripts = outcome.scripts }
        return outcome.changes
    }

    func caller(_ agent: AgentID) throws -> Caller { Caller(try #require(scripts?.snapshot(of: agent))) }

    var problems: [String] { self.set.problems?.problems.map(\.description) ?? [] }
}
