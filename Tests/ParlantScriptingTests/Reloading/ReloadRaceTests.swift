import Logging
import ParlantCore
import Synchronization
import Testing

@testable import ParlantScripting

/// Tells of changes when a test says so.
private final class FakeWatch: FolderWatch {
    private let hint: @Sendable () -> Void
    private let folders = Mutex<Set<String>>([])

    init(hint: @escaping @Sendable () -> Void) { self.hint = hint }

    let name = "a test"
    func change() { hint() }
    func stop() {}

    func watch(_ points: WatchPoints) -> (hasNew: Bool, isComplete: Bool) {
        folders.withLock { folders in
            defer { folders = Set(points.folders.keys) }
            return (!folders.isSuperset(of: points.folders.keys), true)
        }
    }
}

/// Does something with each line of a log, before whoever logs it goes on.
private struct LineHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    let handle: @Sendable (String) -> Void

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { handle(event.message.description) }
}

private let agent = """
    local parlant = require "parlant"
    return parlant.agent { name = "A", description = "One." }
    """

/// The plugin `counter`, whose functions say in the log that they run.
private func counter(_ version: Int, load: String = "") -> String {
    """
    local parlant = require "parlant"
    return parlant.plugin {
      name = "counter", version = "1",
      load = function(ctx) ctx.log:info("load \(version)") \(load) end,
      unload = function(ctx) ctx.log:info("unload \(version)") end,
    }
    """
}

@Suite("Reloads and what happens at the same time", .timeLimit(.minutes(5)))
struct ReloadRaceTests {
    private let log = LogRecorder()
    private let clock = TestClock()

    private func start(_ folder: ScriptFolder, _ limits: ScriptLimits = .init()) async throws -> ReloadCoordinator {
        let setup = ScriptSetup(
            folder.roots(), lanes: lanes, http: FakeTransport(), clock: clock, limits: limits, logger: log.logger)
        return try await ReloadCoordinator.start(setup) { scripts, _ in scripts }.get()
    }

    private func waitForLine(_ text: String) async throws {
        while !log.lines.contains(where: { $0.message == text }) {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    private var plugins: [String] { log.lines.map(\.message).filter { $0.contains("load ") } }

    @Test("who reads the line of a reload finds the same in health")
    func healthAtTheLine() async throws {
        let folder = try ScriptFolder(["agents/a.lua": agent])
        let seen = Mutex<[String: JSONObject]>([:])
        let running = Mutex<ReloadCoordinator?>(nil)
        let logger = Logger(label: "test") { _ in
            LineHandler { line in
                let health = running.withLock { $0?.health }
                seen.withLock { $0[line] = health }
            }
        }
        let setup = ScriptSetup(folder.roots(), lanes: lanes, http: FakeTransport(), clock: clock, logger: logger)
        let scripts = try await ReloadCoordinator.start(setup) { scripts, _ in scripts }.get()
        running.withLock { $0 = scripts }
        let task = Task { await scripts.run(watching: false) }
        for (text, line) in [
            (agent.replacing("One.", with: "Two."), "a: generation 2"),
            (agent.replacing("name", with: "nam"), "a: 2 problems, still running generation 2"),
            (agent.replacing("One.", with: "Three."), "a: generation 3, its problems are mended"),
        ] {
            try folder.write("agents/a.lua", text)
            scripts.requestReload()
            while seen.withLock({ $0[line] }) == nil {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
        let health = seen.withLock { $0 }
        #expect(health["a: generation 2"]?["bundles"]?.array?.first?["generation"] == 2)
        #expect(health["a: 2 problems, still running generation 2"]?["status"] == "degraded")
        #expect(health["a: generation 3, its problems are mended"]?["status"] == "healthy")
        task.cancel()
        await task.value
    }

    @Test("a new folder is loaded after one time of quiet, with what was written into it before it was watched")
    func newFolder() async throws {
        let folder = try ScriptFolder(["agents/a.lua": agent])
        let scripts = try await start(folder)
        let watch = Mutex<FakeWatch?>(nil)
        let task = Task {
            await scripts.run { hint in
                let made = FakeWatch(hint: hint)
                watch.withLock { $0 = made }
                return made
            }
        }
        // The look now and then sleeps, and the timer for what happened before the first folders were watched.
        try await clock.waitForSleepers(2)
        clock.advance(by: .milliseconds(100))
        try folder.write("agents/b/init.lua", agent)
        // That reading may have come before or after the file: this one comes after.
        watch.withLock { $0 }?.change()
        while scripts.catalog.agents().count < 2, clock.sleeperCount < 2 { await Task.yield() }
        clock.advance(by: .milliseconds(100))
        try await waitForLine("b: generation 1, new")
        #expect(scripts.health["watching"] == "a test")
        task.cancel()
        await task.value
    }

    @Test("without notification files are looked at each second")
    func polling() async throws {
        let folder = try ScriptFolder(["agents/a.lua": agent])
        let scripts = try await start(folder)
        let task = Task { await scripts.run { _ in nil } }
        try await clock.waitForSleepers(1)
        #expect(scripts.health["watching"] == "polling")
        try folder.write("agents/a.lua", agent.replacing("One.", with: "Two."))
        clock.advance(by: .seconds(1))
        // The next look, and the timer of the quiet.
        try await clock.waitForSleepers(2)
        clock.advance(by: .milliseconds(100))
        try await waitForLine("a: generation 2")
        task.cancel()
        await task.value
    }

    @Test("a server that stops does not wait for room, and no plugin begins any more")
    func stopWhileWaitingForRoom() async throws {
        let folder = try ScriptFolder(["agents/a.lua": agent, "plugins/counter/init.lua": counter(1)])
        var limits = ScriptLimits()
        limits.retiredGenerations = 1
        let scripts = try await start(folder, limits)
        let task = Task { await scripts.run(watching: false) }
        var held = scripts.catalog.snapshot(of: "a")
        try folder.write("agents/a.lua", agent.replacing("One.", with: "Two."))
        scripts.requestReload()
        try await waitForLine("a: generation 2")
        // The end of the time that the first generation has.
        try await clock.waitForSleepers(1)
        try folder.write("agents/a.lua", agent.replacing("One.", with: "Three."))
        try folder.write("plugins/counter/init.lua", counter(2))
        let sleeping = clock.sleeperCount
        scripts.requestReload()
        try await clock.waitForSleepers(sleeping + 1)
        task.cancel()
        await task.value
        #expect(held != nil)
        held = nil
        for _ in 0..<1000 { await Task.yield() }
        #expect(plugins == ["load 1", "unload 1"])
        #expect(scripts.catalog.agents().map(\.description) == ["Two."])
    }

    @Test("a plugin that begins while the server stops learns of the end")
    func stopWhileBeginning() async throws {
        let folder = try ScriptFolder(["agents/a.lua": agent, "plugins/counter/init.lua": counter(1)])
        let scripts = try await start(folder)
        let task = Task { await scripts.run(watching: false) }
        try folder.write("plugins/counter/init.lua", counter(2, load: "ctx.time:sleep(20)"))
        let sleeping = clock.sleeperCount
        scripts.requestReload()
        try await waitForLine("load 2")
        try await clock.waitForSleepers(sleeping + 1)
        task.cancel()
        await task.value
        #expect(plugins == ["load 1", "load 2", "unload 2", "unload 1"])
    }
}
