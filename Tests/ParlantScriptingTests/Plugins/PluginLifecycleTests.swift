import Foundation
import Logging
import ParlantCore
import Testing

@testable import ParlantScripting

/// A server with an agent and the plugin `counter`, whose functions say in the log what they saw.
private final class Server {
    let folder: ScriptFolder
    let scripts: ReloadCoordinator
    let log = LogRecorder()
    private let task: Task<Void, Never>

    init(_ functions: String) async throws {
        folder = try ScriptFolder([
            "agents/a.lua": Loader.file(""), "plugins/counter/init.lua": Self.plugin(functions),
        ])
        let setup = ScriptSetup(
            folder.roots(plugins: nil), lanes: lanes, http: FakeTransport(), clock: TestClock(), logger: log.logger)
        let scripts = try await ReloadCoordinator.start(setup) { scripts, _ in scripts }.get()
        self.scripts = scripts
        task = Task { await scripts.run(watching: false) }
    }

    deinit { task.cancel() }

    private static func plugin(_ functions: String) -> String {
        """
        local parlant = require "parlant"
        return parlant.plugin { name = "counter", version = "1", \(functions) }
        """
    }

    /// Gives the plugin other functions, and returns when the log has `line`.
    func reload(_ functions: String, until line: String) async throws {
        try folder.write("plugins/counter/init.lua", Self.plugin(functions))
        scripts.requestReload()
        while !log.lines.contains(where: { $0.message == line }) {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    func stop() async {
        task.cancel()
        await task.value
    }

    /// What the plugin said, with the number that it saw.
    var said: [String] {
        log.lines.filter { $0.metadata["handler"]?.hasSuffix("of plugin counter") == true }
            .map { line in line.metadata["runs"].map { "\(line.message) \($0)" } ?? line.message }
    }
}

@Suite("The life of a plugin", .timeLimit(.minutes(5)))
struct PluginLifecycleTests {
    /// Functions of one version of the plugin.
    private func functions(_ version: Int, save: String = "return { runs = ctx.state.runs }") -> String {
        """
        load = function(ctx)
          ctx.state.runs = (ctx.state.runs or 0) + 1
          ctx.log:info("load \(version)", { runs = ctx.state.runs })
        end,
        save = function(ctx) \(save) end,
        unload = function(ctx) ctx.log:info("unload \(version)", { runs = ctx.state.runs }) end,
        """
    }

    @Test("begins with load, hands over what it saves, and ends with unload, also when the server stops")
    func life() async throws {
        let server = try await Server(functions(1))
        #expect(server.said == ["load 1 1"])
        try await server.reload(functions(2), until: "unload 1")
        #expect(server.said == ["load 1 1", "load 2 2", "unload 1 1"])
        await server.stop()
        #expect(server.said == ["load 1 1", "load 2 2", "unload 1 1", "unload 2 2"])
    }

    @Test("a broken generation is never begun, and the running one is not ended")
    func brokenGeneration() async throws {
        let server = try await Server(functions(1))
        try await server.reload("lod = 1", until: "counter: 1 problem, still running generation 1")
        #expect(server.said == ["load 1 1"])
        await server.stop()
        #expect(server.said == ["load 1 1", "unload 1 1"])
    }

    @Test("a removed plugin is ended")
    func removal() async throws {
        let server = try await Server(functions(1))
        try FileManager.default.removeItem(atPath: server.folder.path + "/plugins/counter")
        server.scripts.requestReload()
        while server.said.count < 2 { await Task.yield() }
        #expect(server.said == ["load 1 1", "unload 1 1"])
        await server.stop()
        #expect(server.said.count == 2)
    }

    @Test(
        "a save that fails, or returns something else, is told with its line, and the next generation begins empty",
        arguments: [
            ("error('no')", "plugins/counter/init.lua:6: no"),
            ("return nil, 'not today'", "plugins/counter/init.lua:6: not today"),
            (
                "return 7",
                "plugins/counter/init.lua:6: save returns a table with named fields, or nothing; "
                    + "the next generation begins without"
            ),
            (
                "return { text = ('x'):rep(70000) }",
                "plugins/counter/init.lua:6: save: the state would have more than 65536 bytes of JSON; "
                    + "the next generation begins without"
            ),
        ])
    func failedSave(_ save: String, _ problem: String) async throws {
        let server = try await Server(functions(1, save: save))
        try await server.reload(functions(2), until: "unload 1")
        #expect(server.said.contains("load 2 1"))
        #expect(server.log.lines.contains { $0.level == .error && $0.message.hasPrefix(problem) })
    }

    @Test("a load that fails is told with its line, and the plugin serves all the same")
    func failedLoad() async throws {
        let server = try await Server("load = function(ctx) error('no') end")
        #expect(server.log.lines.contains { $0.level == .error && $0.message == "plugins/counter/init.lua:2: no" })
        #expect(server.scripts.catalog.scripts.plugins["counter"] != nil)
    }
}
