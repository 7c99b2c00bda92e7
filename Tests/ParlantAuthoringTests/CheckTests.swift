import ParlantAuthoring
import ParlantCore
import ParlantScripting
import ParlantServer
import Testing

@Suite("Check")
struct CheckTests {
    private static let broken = """
        local parlant = require "parlant"
        local agent = parlant.agent { name = "A", description = "B" }
        agent:guideline { condition = "c", actoin = "d" }
        return agent
        """

    private func report(_ files: [String: String], absent: Bool = false) async throws -> CheckReport {
        let folder = try SpecFolder(files)
        return await Checker(
            try Workbench(path: "\(folder.path)/agents"), absentSettings: absent ? .refused : .placeholders
        ).check()
    }

    @Test("prints the loader's own sentences, then one line per bundle")
    func text() async throws {
        let report = try await report(["agents/a.lua": Self.broken])
        #expect(!report.isGood)
        #expect(
            report.text == """
                agents/a.lua:3: guideline "c": missing required field 'action'; without one, give it tools or use \
                agent:observation
                agents/a.lua:3: guideline "c": unknown field 'actoin' (did you mean 'action'?)
                a: 2 problems, not started

                """)
    }

    @Test("writes problems as JSON for programs")
    func json() async throws {
        let json = try JSONParser.parse(Array(try await report(["agents/a.lua": Self.broken]).json.utf8))
        #expect(json["problems"]?.array?.count == 2)
        #expect(json["problems"]?.array?.last?["line"] == 3)
        #expect(json["problems"]?.array?.last?["file"] == "agents/a.lua")
        #expect(
            json["problems"]?.array?.last?["message"]
                == "guideline \"c\": unknown field 'actoin' (did you mean 'action'?)")
    }

    @Test("warns of settings without a value, and refuses them when there is a configuration")
    func settings() async throws {
        let script = """
            local parlant = require "parlant"
            return parlant.agent {
              name = "A", description = "B", config = { { name = "url", type = "string" } },
            }
            """
        let missing =
            "config: missing required setting 'url'; give it under 'a' in the configuration, or as PARLANT_A_URL"
        let lenient = try await report(["agents/a.lua": script])
        #expect(lenient.isGood)
        #expect(lenient.text.contains("warning: a: \(missing)\n"))
        let strict = try await report(["agents/a.lua": script], absent: true)
        #expect(!strict.isGood)
        #expect(strict.text.contains(missing))
    }

    @Test("says which path is wrong", arguments: ["nowhere", "agents/a.txt"])
    func paths(path: String) throws {
        let folder = try SpecFolder(["agents/a.txt": ""])
        #expect(throws: ConfigurationError.self) { try Workbench(path: "\(folder.path)/\(path)") }
    }
}
