import Foundation
import ParlantAuthoring

/// A folder of agents that lives as long as the value.
final class SpecFolder {
    let path = NSTemporaryDirectory() + "/specs-" + UUID().uuidString

    /// Writes the files: path below the folder, as `agents/bank/init.lua`, and text.
    init(_ files: [String: String] = [:]) throws {
        try FileManager.default.createDirectory(atPath: path + "/agents", withIntermediateDirectories: true)
        for (name, text) in files { try write(name, text) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
        let url = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    /// The result of all its tests, or of those of one agent.
    func test(_ place: String = "agents", filter: String? = nil) async throws -> TestReport {
        try await TestRunner(Workbench(path: "\(path)/\(place)"), options: .init(filter: filter)).run()
    }
}

/// An agent with one guideline and one tool, for tests that are not about agents.
enum SmallAgent {
    static let script = """
        local parlant = require "parlant"
        local tool = parlant.tool {
          name = "get_time",
          description = "Returns the time.",
          run = function(ctx) return ctx.time:iso(ctx.time:now()) end,
        }
        local agent = parlant.agent { name = "Clock", description = "Tells the time." }
        agent:guideline {
          id = "time",
          condition = "The customer asks what time it is",
          action = "Tell the time",
          tools = { tool },
        }
        agent:observation { id = "rude", condition = "The customer is rude" }
        return agent
        """

    static func spec(_ body: String) -> String {
        """
        local test = require "parlant.test"
        local describe, it, assert = test.describe, test.it, test.assert
        \(body)
        """
    }
}
