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

    private static let misspelt = """
        local parlant = require "parlant"
        local tool = parlant.tool {
          name = "t", description = "T", run = function(ctx) return ctx.htpp:get("http://a.test") end,
        }
        local agent = parlant.agent { name = "A", description = "B" }
        agent:guideline { condition = "c", action = "d", tools = { tool } }
        return agent
        """

    @Test("finds words that do not exist in functions and specs, which a load does not run")
    func words() async throws {
        let spec = "local test = require \"parlant.test\"\ntest.descripe(\"a\", function() end)"
        let report = try await report(["agents/a.lua": Self.misspelt, "agents/spec/a_spec.lua": spec])
        #expect(!report.isGood)
        #expect(
            report.text == """
                agent a (A): 1 guideline, 1 tool
                agents/a.lua:3: ctx: there is no 'htpp' (did you mean 'http'?)
                agents/spec/a_spec.lua:2: parlant.test: there is no 'descripe' (did you mean 'describe'?)
                2 problems in functions and specs, which would fail when they run

                """)
        let json = try JSONParser.parse(Array(report.json.utf8))
        #expect(json["problems"]?.array?.compactMap { $0["line"]?.integer } == [3, 2])
        #expect(try report.drawing(nil).isGood)
    }

    @Test("says each thing once, with what the load found too")
    func wordsOfBrokenScripts() async throws {
        let script = Self.misspelt.replacing("local agent = parlant.agent", with: "local agent = parlant.agnet")
        let text = try await report(["agents/a.lua": script]).text
        #expect(text.split(separator: "\n").count { $0.contains("agnet") } == 1)
        #expect(text.hasPrefix("agents/a.lua:3: ctx: there is no 'htpp' (did you mean 'http'?)\nagents/a.lua:5: "))
        #expect(
            text.hasSuffix(
                "not started\n1 problem in functions and specs, which would fail when they run\n"))
    }

    @Test("looks at the scripts of what is checked, and at no others")
    func wordsOfOne() async throws {
        let folder = try SpecFolder([
            "agents/a.lua": Self.misspelt, "agents/b.lua": SmallAgent.script, "plugins/p.lua": Self.misspelt,
            "agents/spec/a_spec.lua": "return function(ctx) return ctx.htpp end",
        ])
        let one = try Workbench(path: "\(folder.path)/agents/b.lua")
        #expect(await Checker(one, absentSettings: .placeholders).check().isGood)
        let other = try Workbench(path: "\(folder.path)/agents/a.lua")
        let text = await Checker(other, absentSettings: .placeholders).check().text
        #expect(text.contains("agents/a.lua:3: ctx") && text.contains("agents/spec/a_spec.lua:1: ctx"))
        #expect(!text.contains("plugins/p.lua:3"))
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

    private static let journeys = """
        local parlant = require "parlant"
        local agent = parlant.agent { name = "A", description = "B" }
        local rude = agent:observation { id = "rude", condition = "The customer is rude" }
        agent:journey {
          id = "calm_down",
          title = "Calm down",
          description = "d",
          triggers = { "The customer shouts", rude },
          start = "ask",
          states = { ask = { chat = "Ask what is wrong" } },
        }
        agent:journey {
          id = "goodbye",
          title = "Goodbye",
          description = "d",
          triggers = { "The customer leaves" },
          start = "wave",
          states = { wave = { chat = "Wave" } },
        }
        return agent
        """
    private static let goodbye = """
        %% agents/a.lua:12: journey 'goodbye'
        stateDiagram-v2
            state "Goodbye" as journey {
                state "wave#58; Wave" as s1
                [*] --> s1
                s1 --> [*]
            }
            [*] --> journey: The customer leaves
            journey --> [*]

        """

    @Test("draws every journey, each below a line that names it, and nothing else")
    func drawings() async throws {
        let report = try await report(["agents/a.lua": Self.journeys]).drawing(nil)
        #expect(
            report.text == """
                %% agents/a.lua:4: journey 'calm_down'
                stateDiagram-v2
                    state "Calm down" as journey {
                        state "ask#58; Ask what is wrong" as s1
                        [*] --> s1
                        s1 --> [*]
                    }
                    [*] --> journey: The customer shouts
                    [*] --> journey: The customer is rude
                    journey --> [*]

                \(Self.goodbye)
                """)
        let none = try await self.report(["agents/a.lua": SmallAgent.script]).drawing(nil)
        #expect(none.text == "%% there are no journeys\n")
    }

    @Test("draws one journey, and writes it as JSON for programs")
    func oneDrawing() async throws {
        let report = try await report(["agents/a.lua": Self.journeys]).drawing("goodbye")
        #expect(report.text == Self.goodbye)
        let json = try JSONParser.parse(Array(report.json.utf8))
        #expect(json["problems"]?.array?.isEmpty == true)
        let drawing = json["drawings"]?.array?.first
        #expect(drawing?["journey"] == "goodbye")
        #expect(drawing?["file"] == "agents/a.lua")
        #expect(drawing?["line"] == 12)
        #expect(drawing?["mermaid"]?.string?.hasPrefix("stateDiagram-v2\n") == true)
    }

    @Test("names the journeys that there are when none has the id")
    func unknownDrawing() async throws {
        let report = try await report(["agents/a.lua": Self.journeys])
        #expect(
            throws: ConfigurationError(
                "there is no journey 'godbye' (did you mean 'goodbye'?); journeys: 'calm_down', 'goodbye'")
        ) { try report.drawing("godbye") }
        #expect(
            throws: ConfigurationError(
                "there is no journey '/'; journeys: 'calm_down', 'goodbye'; write the path before --draw")
        ) { try report.drawing("/") }
        let none = try await self.report(["agents/a.lua": SmallAgent.script])
        #expect(throws: ConfigurationError("there is no journey 'x'; the agents have no journeys")) {
            try none.drawing("x")
        }
    }

    @Test("says the problems instead of drawing agents that have some")
    func brokenDrawing() async throws {
        let report = try await report(["agents/a.lua": Self.broken])
        #expect(try report.drawing("x").text == report.text)
        #expect(try report.drawing(nil).json == report.json)
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
