import CLuaBaseline
import Foundation
import Logging
import LuaRuntime
import ParlantCore
import ParlantScripting
import Synchronization

/// Saves of one file of a bundle of many, each followed until its generation is served; and calls of a tool of another
/// bundle meanwhile.
struct ReloadBenchmark {
    var saves: Int
    var files: Int

    func run() async throws {
        let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "parlant-reload-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let texts = try write(to: folder)
        try bare(texts)
        let lanes = [LuaLane(name: "bench-0"), LuaLane(name: "bench-1")]
        let loader = LuaLane(name: "bench-loader")
        try await measure(folder, lanes, loader)
        for lane in lanes + [loader] { lane.shutDown() }
    }

    /// A bundle whose main file requires all others, each with a tool of its own; and a bundle that answers meanwhile.
    private func write(to folder: URL) throws -> [String] {
        let bundle = folder.appending(path: "agents/large")
        try FileManager.default.createDirectory(at: bundle, withIntermediateDirectories: true)
        var texts: [String] = []
        for number in 1..<files {
            let text = Self.tool(number)
            texts.append(text)
            try Data(text.utf8).write(to: bundle.appending(path: "tool_\(number).lua"))
        }
        let main = Self.main(files)
        texts.append(main)
        try Data(main.utf8).write(to: bundle.appending(path: "init.lua"))
        try Data(Self.bystander.utf8).write(to: folder.appending(path: "agents/bystander.lua"))
        return texts
    }

    /// What Lua alone takes to compile the same texts in a new state.
    private func bare(_ texts: [String]) throws {
        let strings = texts.map { strdup($0) }
        defer { for string in strings { free(string) } }
        let pointers = strings.map { UnsafePointer($0) }
        let clock = ContinuousClock()
        var times: [Duration] = []
        for _ in 0..<100 {
            let begin = clock.now
            guard lua_baseline_compile(pointers, pointers.count) else { throw BenchmarkError("a text did not compile") }
            times.append(clock.now - begin)
        }
        report("bare-compile", times)
    }

    private func measure(_ folder: URL, _ lanes: [LuaLane], _ loader: LuaLane) async throws {
        let clock = SystemTimeSource()
        let setup = ScriptSetup(
            ScriptRoots(agents: folder.appending(path: "agents").path), lanes: lanes, loader: loader,
            http: NoTransport(), clock: clock, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        let scripts = try await ReloadCoordinator.start(setup) { scripts, _ in scripts }.get()
        let reloading = Task { await scripts.run(watching: true) }
        let bystander = Bystander(snapshotIn: scripts.catalog)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bystander.callUntilStopped(clock) }
            group.addTask {
                defer { bystander.stop() }
                try await save(folder, scripts, clock)
            }
            try await group.waitForAll()
        }
        reloading.cancel()
        await reloading.value
        let waits = bystander.waits.sorted()
        report("bystander", waits)
        report("bystander-longest", waits.suffix(1))
    }

    private func save(_ folder: URL, _ scripts: ReloadCoordinator, _ clock: SystemTimeSource)
        async throws
    {
        let file = folder.appending(path: "agents/large/tool_1.lua").path
        var parts: [String: [Duration]] = [:]
        for number in 1...saves {
            // Where nobody watches, so that the rename is the first sign.
            let beside = folder.appending(path: "tool_1.new").path
            try Data((Self.tool(1) + "-- save \(number)\n").utf8).write(to: URL(filePath: beside))
            let before = scripts.lastReload
            let saved = clock.uptime
            guard rename(beside, file) == 0 else { throw BenchmarkError("the file could not be renamed") }
            while scripts.lastReload == before {
                guard clock.uptime - saved < .seconds(10) else { throw BenchmarkError("a save was not served") }
                try await clock.sleep(for: .milliseconds(1))
            }
            let times = scripts.lastReload
            parts["total", default: []].append(times.swapped - saved)
            parts["notice", default: []].append(times.noticed - saved)
            parts["quiet", default: []].append(times.quiet - times.noticed)
            parts["read", default: []].append(times.read - times.quiet)
            parts["load", default: []].append(times.loaded - times.read)
            parts["check", default: []].append(times.checked - times.loaded)
            parts["swap", default: []].append(times.swapped - times.checked)
            // The folder is looked at once more where a watch is new; saves that come in between would be joined.
            try await clock.sleep(for: .milliseconds(number % 10))
        }
        for (name, times) in parts { report(name, times) }
    }

    private func report(_ name: String, _ times: [Duration]) {
        let ordered = times.map { $0.nanoseconds / 1e6 }.sorted()
        func percentile(_ percent: Int) -> Double { ordered[min(ordered.count - 1, ordered.count * percent / 100)] }
        print("{\"name\": \"\(name)\", \"p50\": \(percentile(50)), \"p99\": \(percentile(99))}")
    }

    private static func tool(_ number: Int) -> String {
        """
        --- Tool \(number) of a large bundle.
        local parlant = require "parlant"

        local function total(list)
          local sum = 0
          for _, value in ipairs(list) do
            sum = sum + value
          end
          return sum
        end

        return {
          look = parlant.tool {
            name = "look_\(number)",
            description = "Looks at shelf \(number) and says how many items are there.",
            parameters = {
              { name = "item", type = "string", description = "What is looked for." },
              { name = "depth", type = "integer", minimum = 1, maximum = 9, default = 1 },
            },
            run = function(ctx, args)
              if args.depth > 5 then
                return nil, "the shelf is not that deep"
              end
              return { item = args.item, count = total({ 1, 2, args.depth }), customer = ctx.customer.name }
            end,
          },
        }

        """
    }

    private static func main(_ files: Int) -> String {
        let requires = (1..<files).map { "local tool_\($0) = require \"large.tool_\($0)\".look" }
        let guidelines = (1..<files).map { number in
            """
            agent:guideline { id = "shelf_\(number)", condition = "The customer asks for shelf \(number)",
              action = "Look there", tools = { tool_\(number) } }
            """
        }
        return """
            local parlant = require "parlant"
            local agent = parlant.agent { name = "Large", description = "Knows many shelves." }
            \(zip(requires, guidelines).map { "do \($0)\n\($1) end" }.joined(separator: "\n"))
            return agent

            """
    }

    private static let bystander = """
        local parlant = require "parlant"
        local look = parlant.tool { name = "look_up", description = "Looks.", run = function() return 1 end }
        local agent = parlant.agent { name = "Bystander", description = "Answers." }
        agent:guideline { id = "g", condition = "Always", action = "Look", tools = { look } }
        return agent

        """
}

/// Calls of a tool of the bundle that is not touched, one after the other.
private final class Bystander: Sendable {
    private let catalog: ScriptCatalog
    private let state = Mutex((isStopped: false, waits: [Duration]()))

    init(snapshotIn catalog: ScriptCatalog) { self.catalog = catalog }

    /// How long each call took.
    var waits: [Duration] { state.withLock { $0.waits } }

    func stop() { state.withLock { $0.isStopped = true } }

    func callUntilStopped(_ clock: SystemTimeSource) async throws {
        guard let snapshot = catalog.snapshot(of: "bystander"), let tool = snapshot.tools.values.first else {
            throw BenchmarkError("the bystander is not there")
        }
        let context = ToolCallBenchmark.context(snapshot.agent)
        while !state.withLock({ $0.isStopped }) {
            let begin = clock.uptime
            guard case .result = try await snapshot.handlers.run(tool, arguments: [:], in: context) else {
                throw BenchmarkError("the bystander did not answer")
            }
            let wait = clock.uptime - begin
            state.withLock { $0.waits.append(wait) }
            try await clock.sleep(for: .milliseconds(1))
        }
    }
}
