import Foundation
import ParlantCore
import ParlantScripting
import Testing

private let agentFile = """
    local parlant = require "parlant"
    return parlant.agent { name = "A", description = "d" }
    """

@Suite("Bundles and require")
struct BundleTests {
    @Test("files and folders are bundles; '_', '.', 'spec' and other files are not")
    func finding() async throws {
        let scripts = try await Loader().scripts([
            "agents/one.lua": agentFile, "agents/two/init.lua": agentFile, "agents/_shared/money.lua": "error('no')",
            "agents/_draft.lua": "error('no')", "agents/spec/x_spec.lua": "error('no')",
            "agents/two/spec/two_spec.lua": "error('no')", "agents/README.md": "text", "agents/empty/notes.txt": "x",
        ])
        #expect(scripts.agents().map(\.id) == ["one", "two"])
        #expect(scripts.summary.warnings == ["agents/empty: no init.lua; not loaded"])
        #expect(
            scripts.summary.description == """
                agent one (A): 0 guidelines, 0 tools
                agent two (A): 0 guidelines, 0 tools
                warning: agents/empty: no init.lua; not loaded
                """)
    }

    @Test("a folder is split over modules, and shared code is found")
    func modules() async throws {
        let scripts = try await Loader().scripts([
            "agents/bank/init.lua": """
            local parlant = require "parlant"
            local tools = require "bank.tools"
            local agent = parlant.agent { name = "Otto", description = "d" }
            agent:guideline { condition = "c", action = require("_shared.words").greet, tools = { tools.check } }
            require("bank.more.rules").add(agent)
            return agent
            """,
            "agents/bank/tools.lua": """
            local parlant = require "parlant"
            return { check = parlant.tool { name = "check", description = "d", run = function() return 1 end } }
            """,
            "agents/bank/more/rules.lua": """
            local M = {}
            function M.add(agent) agent:guideline { condition = "x", action = "y" } end
            return M
            """,
            "agents/_shared/words.lua": "return { greet = \"Say hello\" }",
        ])
        let agent = try #require(scripts.snapshot(of: "bank"))
        #expect(agent.guidelines.map(\.content.action) == ["Say hello", "y"])
        #expect(agent.guidelines[1].location == SourceLocation(file: "agents/bank/more/rules.lua", line: 2))
        #expect(agent.tools.keys.map(\.description) == ["bank:check"])
        #expect(agent.tools.values.first?.location == SourceLocation(file: "agents/bank/tools.lua", line: 2))
    }

    @Test(
        "what require refuses",
        arguments: [
            (
                "require \"nowhere\"",
                "module 'nowhere' was not found (looked for agents/nowhere.lua, agents/nowhere/init.lua, plugins/nowhere.lua, plugins/nowhere/init.lua)"
            ),
            ("require \"../secrets\"", "module name '../secrets': write names with dots, as in 'bank.tools'"),
            ("require \"/etc/passwd\"", "module name '/etc/passwd': write names with dots, as in 'bank.tools'"),
            ("require \"a..b\"", "module name 'a..b': write names with dots, as in 'bank.tools'"),
            ("require \"link\"", "agents/link.lua: leads out of the folder; scripts are read from it alone"),
            ("require \"large\"", "agents/large.lua: 1048577 bytes exceed the limit of 1048576 bytes per file"),
            ("require \"binary\"", "agents/binary.lua: is not UTF-8 text"),
            ("require \"_a\"", "modules require one another in a circle: _a -> _b -> _a"),
            ("local m = require \"_m\"; local x = m.chek", "'_m' has no 'chek' (did you mean 'check'?)"),
        ])
    func refusals(body: String, text: String) async throws {
        let folder = try ScriptFolder([
            "agents/x/init.lua":
                "local parlant = require \"parlant\"\n\(body)\nreturn parlant.agent { name = \"X\", description = \"d\" }",
            "agents/_a.lua": "return require \"_b\"", "agents/_b.lua": "return require \"_a\"",
            "agents/_m.lua": "return { check = 1 }",
            "agents/large.lua": String(repeating: "-", count: (1 << 20) + 1), "outside.lua": "return 1",
        ])
        try Data([0x2D, 0x2D, 0xFF, 0xFE]).write(to: URL(filePath: folder.path + "/agents/binary.lua"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/agents/link.lua", withDestinationPath: folder.path + "/outside.lua")
        guard case .failure(let problems) = try await Loader().load(folder) else {
            Issue.record("it loads")
            return
        }
        let own = problems.problems.first { $0.bundle == "x" }
        #expect(own?.message == text)
        #expect(own?.file.hasPrefix("agents/") == true && own?.line != nil)
    }

    @Test("a plugin's tools are reached by its handle and by its modules, and run with its settings")
    func plugins() async throws {
        var loader = Loader()
        loader.configuration = ["weather": ["city": "Paris"], "nobody": ["x": 1]]
        let scripts = try await loader.scripts([
            "agents/x.lua": """
            local parlant = require "parlant"
            local weather = require "weather"
            local agent = parlant.agent { name = "X", description = "d" }
            local wind, sum = require("weather.more").wind, require("plain").sum
            agent:guideline { condition = "c", tools = { weather.tools.forecast, wind, sum } }
            return agent
            """,
            "plugins/weather/init.lua": """
            local parlant = require "parlant"
            local more = require "weather.more"
            return parlant.plugin {
              name = "weather", version = "1.2.0", config = { { name = "city", type = "string" } },
              tools = {
                parlant.tool { name = "forecast", description = "d", run = function(ctx) return ctx.config.city end },
                more.wind,
              },
            }
            """,
            "plugins/weather/more.lua": """
            local parlant = require "parlant"
            return { wind = parlant.tool { name = "wind", description = "d", run = function() return 3 end } }
            """,
            "plugins/plain.lua": """
            local parlant = require "parlant"
            return { sum = parlant.tool { name = "sum", description = "d", run = function() return 4 end } }
            """,
        ])
        let agent = try #require(scripts.snapshot(of: "x"))
        #expect(agent.guidelines[0].tools.map(\.description) == ["weather:forecast", "weather:wind", "plain:sum"])
        let caller = Caller(agent)
        #expect(try await caller.data("forecast") == "Paris")
        #expect(try await caller.data("sum") == 4)
        #expect(
            scripts.summary.description == """
                agent x (X): 1 guideline, 0 tools
                plugin plain: 1 tool
                plugin weather 1.2.0: 2 tools
                warning: the configuration has settings for 'nobody', which is no agent and no plugin
                """)
    }

    @Test("only the plugins of the configuration's list are there")
    func enabledPlugins() async throws {
        let files = [
            "agents/x.lua": "require \"weather\"\n" + agentFile, "plugins/weather.lua": "return {}",
            "plugins/other.lua": "error('not loaded')",
        ]
        var loader = Loader()
        loader.plugins = ["weathr"]
        #expect(
            try await loader.problems(files) == [
                "agents/x.lua:1: module 'weather' was not found: the plugin 'weather' is not in the configuration's list",
                "plugins: there is no plugin 'weathr' (did you mean 'weather'?)",
            ])
    }

    @Test("names are unique and agents belong to agents/")
    func conflicts() async throws {
        let problems = try await Loader().problems([
            "agents/one.lua": agentFile, "agents/one/init.lua": agentFile,
            "agents/two.lua": agentFile.replacing("name = \"A\"", with: "id = \"three\", name = \"A\""),
            "agents/three.lua": agentFile, "agents/bad name.lua": agentFile, "plugins/three.lua": "return {}",
            "plugins/p.lua": """
            local parlant = require "parlant"
            local a = parlant.agent { name = "A", description = "d" }
            return parlant.plugin { name = "q", version = "1" }
            """,
        ])
        #expect(
            problems == [
                "agents/bad name.lua: its name must be made of letters, digits, '_' and '-', because 'require' takes dots for folders",
                "agents/one.lua: a bundle of this name is already at agents/one/init.lua",
                "agents/two.lua: agent \"three\": this id is already used at bundle three",
                "plugins/p.lua:2: agent \"A\": agents are defined under agents/, not in a plugin",
                "plugins/p.lua:3: plugin \"q\": name: expected \"p\", the name of its folder or file, got \"q\"",
                "plugins/three.lua: a bundle of this name is already at agents/three.lua",
            ], "\(problems.joined(separator: "\n"))")
    }

    @Test("what is returned at once, by a tail call, has its own file and line")
    func tailCalls() async throws {
        let problems = try await Loader().problems([
            "agents/a.lua": "local parlant = require \"parlant\"\n\nreturn parlant.agent { name = \"A\" }",
            "agents/b.lua": "require \"p\"\n" + agentFile,
            "plugins/p.lua": "local parlant = require \"parlant\"\nreturn parlant.plugin {\n  name = \"p\",\n}",
        ])
        #expect(
            problems == [
                "agents/a.lua:3: agent \"A\": missing required field 'description'",
                "plugins/p.lua:2: plugin \"p\": missing required field 'version'",
            ])
    }

    @Test("no folder, and a folder without agents")
    func nothing() async throws {
        let folder = try ScriptFolder()
        guard case .success(let scripts) = try await Loader().load(folder) else {
            Issue.record("it fails")
            return
        }
        #expect(scripts.summary.warnings == ["agents: there is no agent in this folder"])
        let result = await ScriptHost.load(
            ScriptRoots(agents: folder.path + "/none"), lanes: lanes, http: FakeTransport(), clock: TestClock(),
            logger: LogRecorder().logger)
        guard case .failure(let problems) = result else {
            Issue.record("it loads")
            return
        }
        #expect("\(problems)" == "agents: there is no such folder\nscripts: 1 problem, not started")
    }

    @Test("a file that defines other things on each load is refused")
    func nondeterminism() async throws {
        let problems = try await Loader().problems(
            agent: """
                local names = {}
                for index = 1, 60 do names["n" .. index] = index end
                for name in pairs(names) do agent:guideline { id = name, condition = name, action = "a" } end
                """)
        #expect(
            problems == [
                "agents/x.lua: defines different things each time it is loaded; use ipairs over a list, not pairs"
            ])
    }
}
