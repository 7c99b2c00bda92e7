import ParlantCore
import ParlantScripting
import Testing

@Suite("What an agent knows becomes the domain's values")
struct KnowledgeTests {
    @Test("terms, with an id that follows the name")
    func terms() async throws {
        let body = #"agent:term { name = "SEPA", description = "The euro area.", synonyms = { "transfer area" } }"#
        let term = try #require(try await Loader().agent(body).terms.first)
        #expect(term.name == "SEPA" && term.description == "The euro area." && term.synonyms == ["transfer area"])
        #expect(term.location == SourceLocation(file: "agents/x.lua", line: 3))
        let moved = try await Loader().agent("-- a line\n" + body).terms
        #expect(moved.map(\.id) == [term.id])
    }

    @Test("variables, with values for everybody, for tags and for customers")
    func variables() async throws {
        let scripts = try await Loader().scripts([
            "agents/x.lua": """
            local parlant = require "parlant"
            local vip = parlant.tag "vip"
            local jane = parlant.customer { id = "jane", name = "Jane" }
            local plan_of = parlant.tool { name = "plan_of", description = "d", run = function() end }
            local agent = parlant.agent { name = "X", description = "d" }
            agent:variable { name = "plan", description = "What they pay for.", tool = plan_of, freshness = "0 * * * *" }
              :set_default("basic"):set_for(vip, { name = "gold" }):set_for(jane, parlant.null)
            return { agent, jane }
            """
        ])
        let agent = try #require(scripts.resolvingTags(["vip": "tag_9"]).snapshot(of: "x"))
        let plan = try #require(agent.variables.first)
        #expect(plan.tool == ToolID(service: "x", name: "plan_of"))
        #expect(plan.description == "What they pay for." && plan.freshness?.source == "0 * * * *")
        #expect(agent.tools[ToolID(service: "x", name: "plan_of")] != nil)
        #expect(agent.variableValues.map(\.key) == ["DEFAULT", "tag:tag_9", "jane"])
        #expect(agent.variableValues.map(\.data) == ["basic", ["name": "gold"], .null])
        #expect(agent.variableValues.allSatisfy { $0.variable == plan.id && $0.location?.line == 6 })
        #expect(Set(agent.variableValues.map(\.revision)).count == 3)
    }

    @Test("retrievers of the agent, of a journey and of a guideline")
    func retrievers() async throws {
        let agent = try await Loader().agent(
            """
            local function run() end
            agent:retriever { id = "all", run = run }
            agent:journey {
              id = "j", title = "t", description = "d", triggers = { "c" }, start = "s", states = { s = { chat = "x" } },
            }:retriever { id = "of_journey", run = run }
            agent:guideline { id = "g", condition = "c", action = "a" }:retriever { run = run }
            """)
        #expect(agent.retrievers.map(\.scope) == [.agent, .journey("j"), .guideline("g")])
        #expect(agent.retrievers.prefix(2).map(\.id) == ["all", "of_journey"])
    }

    @Test("hooks, in the order of registration")
    func hooks() async throws {
        let agent = try await Loader().agent(
            """
            local function stop() return "bail" end
            agent:on("message_generated", stop):on("error", stop)
            agent:on("message_generated", function() end)
            """)
        #expect(agent.hooks.map(\.step) == [.messageGenerated, .error, .messageGenerated])
        #expect(agent.hooks.map(\.position) == [0, 0, 1])
        #expect(agent.hooks.map(\.location?.line) == [4, 4, 5])
    }

    @Test("every step of a turn can be hooked", arguments: HookStep.allCases)
    func steps(step: HookStep) async throws {
        let agent = try await Loader().agent("agent:on(\"\(step.rawValue)\", function() end)")
        #expect(agent.hooks.map(\.step) == [step])
    }

    @Test("the preamble of an agent")
    func preamble() async throws {
        let scripts = try await Loader().scripts([
            "agents/x.lua": """
            return require("parlant").agent {
              name = "X", description = "d", preamble = { examples = { "Sure." }, instructions = { "Be short" } },
            }
            """
        ])
        #expect(scripts.agents().first?.preamble == Preamble(examples: ["Sure."], instructions: ["Be short"]))
    }

    @Test("hooks, providers and stores of a plugin are accepted and need no agent")
    func plugin() async throws {
        let scripts = try await Loader().scripts([
            "agents/x.lua": Loader.file(""),
            "plugins/all/init.lua": """
            local parlant = require "parlant"
            local function f() end
            return parlant.plugin {
              name = "all", version = "1.0.0", load = f, unload = f, save = f, hooks = { error = f, preparing = f },
              nlp = { generate = f, embed = f, stream = f, moderate = f, count_tokens = f, max_tokens = 8, dimensions = 4 },
              customer_store = { find = f, list = f, create = f, update = f, delete = f, cache_seconds = 0 },
            }
            """,
        ])
        #expect(scripts.summary.bundles.map(\.name) == ["x", "all"])
    }
}
