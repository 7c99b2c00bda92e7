import Foundation
import Logging
import LuaRuntime
import ParlantCore
import ParlantScripting
import Testing

/// A folder of scripts that lives as long as the value.
final class ScriptFolder {
    let path: String

    /// Writes the files: path below the folder, as `agents/bank/init.lua`, and text.
    init(_ files: [String: String] = [:]) throws {
        path = NSTemporaryDirectory() + "/scripts-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path + "/agents", withIntermediateDirectories: true)
        for (name, text) in files { try write(name, text) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
        let file = "\(path)/\(name)"
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file))
    }

    func roots(plugins: [String]? = nil) -> ScriptRoots {
        ScriptRoots(agents: path + "/agents", plugins: path + "/plugins", enabledPlugins: plugins)
    }
}

/// The lanes of all tests; threads outlive the scripts.
let lanes = [LuaLane(name: "test-1"), LuaLane(name: "test-2")]

extension ScriptLimits {
    /// The defaults, with an hour for what takes real time: on a busy machine a call may wait long for its turn.
    static var patient: ScriptLimits {
        var limits = ScriptLimits()
        limits.callMilliseconds = 60_000
        limits.handlerTimeout = .seconds(3600)
        limits.providerTimeout = .seconds(3600)
        return limits
    }
}

/// What a test loads scripts with.
struct Loader {
    var configuration: [String: JSONObject] = [:]
    var environment: [String: String] = [:]
    var plugins: [String]?
    var http: any HTTPTransport = FakeTransport()
    var clock: any TimeSource = SystemTimeSource()
    var limits = ScriptLimits.patient
    var log = LogRecorder()

    func load(_ files: [String: String]) async throws -> Result<LoadedScripts, LoadProblems> {
        try await load(ScriptFolder(files))
    }

    func load(_ folder: ScriptFolder) async throws -> Result<LoadedScripts, LoadProblems> {
        await ScriptHost.load(
            folder.roots(plugins: plugins), configuration: configuration, environment: environment, lanes: lanes,
            http: http, clock: clock, limits: limits, logger: log.logger)
    }

    /// The scripts, or a failure of the test with all problems.
    func scripts(_ files: [String: String]) async throws -> LoadedScripts {
        switch try await load(files) {
        case .success(let scripts): return scripts
        case .failure(let problems):
            Issue.record("\(problems)")
            throw problems
        }
    }

    /// The problems' lines, without the summary; empty when it loads.
    func problems(_ files: [String: String]) async throws -> [String] {
        guard case .failure(let problems) = try await load(files) else { return [] }
        return problems.problems.map(\.description)
    }

    /// The problems of `agents/x.lua`, whose first two lines are the usual ones and whose last line returns the agent.
    func problems(agent body: String) async throws -> [String] {
        try await problems(["agents/x.lua": Self.file(body)])
    }

    /// The one agent `x` of a file whose body begins at line 3.
    func agent(_ body: String) async throws -> AgentSnapshot {
        let scripts = try await scripts(["agents/x.lua": Self.file(body)])
        return try #require(scripts.snapshot(of: "x"))
    }

    static func file(_ body: String) -> String {
        """
        local parlant = require "parlant"
        local agent = parlant.agent { name = "X", description = "An agent." }
        \(body)
        return agent
        """
    }
}
