import Foundation
import ParlantCore
import Synchronization
import Testing

@testable import ParlantScripting

/// A server's scripts with a clock that stands still.
private final class Running {
    let folder: ScriptFolder
    let scripts: ReloadCoordinator
    let log = LogRecorder()
    let clock = TestClock()
    private let task: Task<Void, Never>

    init(
        _ files: [String: String], watching: Bool = false,
        introduce: @escaping ReloadCoordinator.Introduction = { scripts, _ in scripts }
    ) async throws {
        folder = try ScriptFolder(files)
        let setup = ScriptSetup(
            folder.roots(), lanes: lanes, http: FakeTransport(), clock: clock, logger: log.logger)
        let scripts = try await ReloadCoordinator.start(setup, introduce: introduce).get()
        self.scripts = scripts
        task = Task { await scripts.run(watching: watching) }
    }

    deinit { task.cancel() }

    /// Asks for a reload and waits for the line of the log that says what it led to.
    func reload() async throws -> String {
        let count = log.lines.count
        scripts.requestReload()
        return try await line(after: count)
    }

    /// The first line after `count` others that is no problem of a file.
    func line(after count: Int) async throws -> String {
        while true {
            if let line = log.lines.dropFirst(count).first(where: { !$0.message.hasPrefix("agents/") }) {
                return line.message
            }
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    /// Calls the tool `t` of an agent, and returns when it waits.
    func call(_ agent: AgentID) async throws -> Task<JSONValue, any Error> {
        let sleeping = clock.sleeperCount
        let caller = Caller(try #require(scripts.catalog.snapshot(of: agent)))
        let task = Task { try await caller.data() }
        try await clock.waitForSleepers(sleeping + 1)
        return task
    }

    func stop() async {
        task.cancel()
        await task.value
    }
}

private let agent = """
    local parlant = require "parlant"
    return parlant.agent { name = "A", description = "One." }
    """

@Suite("Scripts of a running server", .timeLimit(.minutes(5)))
struct ReloadCoordinatorTests {
    @Test("a request swaps what changed, and health shows the generation")
    func request() async throws {
        let running = try await Running(["agents/a.lua": agent])
        #expect(running.scripts.health["status"] == "healthy")
        // Of the file's name and text: the same on every server.
        #expect(
            running.scripts.health["bundles"]
                == [["name": "a", "kind": "agent", "generation": 1, "revision": "d690474b1d1eb325"]])
        #expect(try await running.reload() == "scripts: nothing changed since the last load")
        try running.folder.write("agents/a.lua", agent.replacing("One.", with: "Two."))
        #expect(try await running.reload() == "a: generation 2")
        #expect(running.scripts.catalog.agents().map(\.description) == ["Two."])
        #expect(running.scripts.health["bundles"]?.array?.first?["generation"] == 2)
        #expect(running.scripts.health["bundles"]?.array?.first?["revision"] != "d690474b1d1eb325")
        try running.folder.write("agents/a.lua", agent)
        #expect(try await running.reload() == "a: generation 3")
        #expect(running.scripts.health["bundles"]?.array?.first?["revision"] == "d690474b1d1eb325")
        await running.stop()
    }

    @Test("a broken change is shown with file, line and text until it is mended")
    func broken() async throws {
        let running = try await Running(["agents/a.lua": agent])
        try running.folder.write("agents/a.lua", agent.replacing("name", with: "nam"))
        #expect(try await running.reload() == "a: 2 problems, still running generation 1")
        let health = running.scripts.health
        #expect(health["status"] == "degraded")
        #expect(
            health["problems"] == [
                [
                    "bundle": "a", "file": "agents/a.lua", "line": 2,
                    "text": "agent: missing required field 'name'",
                ],
                [
                    "bundle": "a", "file": "agents/a.lua", "line": 2,
                    "text": "agent: unknown field 'nam' (did you mean 'name'?)",
                ],
            ])
        #expect(running.scripts.catalog.agents().map(\.description) == ["One."])
        try running.folder.write("agents/a.lua", agent)
        #expect(try await running.reload() == "a: generation 2, its problems are mended")
        #expect(running.scripts.health["status"] == "healthy")
        try running.folder.write("agents/b.lua", "return 1")
        #expect(try await running.reload() == "b: 1 problem, not started")
        #expect(running.scripts.health["bundles"]?.array?.last == ["name": "b", "kind": "agent"])
        await running.stop()
    }

    @Test("a saved file is loaded when the folder has been quiet for 100 ms")
    func watched() async throws {
        let running = try await Running(["agents/a.lua": agent], watching: true)
        // The look now and then sleeps; then the timer of the quiet, once for the folders that are watched from now on.
        try await running.clock.waitForSleepers(2)
        running.clock.advance(by: .milliseconds(100))
        #expect(running.scripts.health["watching"] == "inotify")
        try running.folder.write("agents/a.lua", agent.replacing("One.", with: "Two."))
        try await running.clock.waitForSleepers(2)
        while running.log.lines.isEmpty {
            running.clock.advance(by: .milliseconds(50))
            try await Task.sleep(for: .milliseconds(1))
        }
        #expect(running.log.lines.last?.message == "a: generation 2")
        await running.stop()
    }

    @Test("what cannot be introduced is not served, and is tried again")
    func introduction() async throws {
        struct StoreIsDown: Error {}
        let isDown = Mutex(false)
        let seen = Mutex<[Int]>([])
        let running = try await Running(["agents/a.lua": agent]) { scripts, before in
            if isDown.withLock({ $0 }) { throw StoreIsDown() }
            seen.withLock { $0.append(before?.agents().count ?? -1) }
            return scripts
        }
        isDown.withLock { $0 = true }
        try running.folder.write("agents/a.lua", agent.replacing("One.", with: "Two."))
        let refusal = "scripts: loaded, but not served; tags or customers that they define could not be stored"
        #expect(try await running.reload() == refusal)
        #expect(running.scripts.catalog.agents().map(\.description) == ["One."])
        #expect(running.scripts.health["status"] == "degraded")
        #expect(running.scripts.health["problems"]?.array?.first?["text"] == .string(String(refusal.dropFirst(9))))
        isDown.withLock { $0 = false }
        #expect(try await running.reload() == "a: generation 2")
        #expect(running.scripts.health["status"] == "healthy")
        #expect(seen.withLock { $0 } == [-1, 1])
        isDown.withLock { $0 = true }
        try running.folder.write("agents/a.lua", agent.replacing("One.", with: "Three."))
        #expect(try await running.reload() == refusal)
        try running.folder.write("agents/a.lua", agent.replacing("One.", with: "Two."))
        #expect(try await running.reload() == "scripts: nothing changed since the last load")
        #expect(running.scripts.health["status"] == "healthy", "what runs is what the files say")
        await running.stop()
    }

    @Test("a third save waits for calls of the first generation, and after five seconds cancels them")
    func patience() async throws {
        func sleeper(_ version: Int) -> String {
            """
            local parlant = require "parlant"
            local t = parlant.tool { name = "t", description = "Waits.", run = function(ctx) ctx.time:sleep(20) return \(version) end }
            local agent = parlant.agent { name = "A", description = "Sleeps." }
            agent:guideline { condition = "Always", action = "Wait", tools = { t } }
            return agent
            """
        }
        let running = try await Running(["agents/a.lua": sleeper(1)])
        var calls: [Task<JSONValue, any Error>] = []
        for version in 2...3 {
            calls.append(try await running.call("a"))
            try running.folder.write("agents/a.lua", sleeper(version))
            #expect(try await running.reload() == "a: generation \(version)")
        }
        calls.append(try await running.call("a"))
        try running.folder.write("agents/a.lua", sleeper(4))
        let count = running.log.lines.count
        let sleeping = running.clock.sleeperCount
        running.scripts.requestReload()
        try await running.clock.waitForSleepers(sleeping + 1)
        #expect(running.log.lines.count == count, "it waits")
        running.clock.advance(by: .seconds(5))
        while !running.log.lines.contains(where: { $0.message == "a: generation 4" }) { await Task.yield() }
        #expect(try await calls[0].value.string?.hasPrefix("defect: agents/a.lua:2: cancelled: generation 1") == true)
        running.clock.advance(by: .seconds(20))
        #expect(try await calls[1].value == 2)
        #expect(try await calls[2].value == 3)
        #expect(
            running.log.lines.contains {
                $0.message == "a: calls of generation 1 are cancelled; it was replaced too long ago, or too often"
            })
        await running.stop()
    }
}
