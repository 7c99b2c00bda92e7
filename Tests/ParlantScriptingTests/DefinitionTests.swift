import ParlantCore
import ParlantScripting
import Testing

@Suite("Definitions become the domain's values")
struct DefinitionTests {
    @Test("an agent has its fields and their defaults")
    func agent() async throws {
        let scripts = try await Loader().scripts([
            "agents/spoke.lua": """
            local parlant = require "parlant"
            return parlant.agent { name = "Spoke", description = "Cheerful." }
            """,
            "agents/bank/init.lua": """
            local parlant = require "parlant"
            return parlant.agent {
              id = "bank_1", name = "Otto", description = "Precise.", composition_mode = "strict",
              max_engine_iterations = 5, tags = { parlant.tag "a", parlant.tag "b", parlant.tag "a" },
            }
            """,
        ])
        let otto = Agent(
            id: "bank_1", name: "Otto", description: "Precise.", maxEngineIterations: 5, compositionMode: .strict,
            tags: ["a", "b"], location: SourceLocation(file: "agents/bank/init.lua", line: 2))
        let spoke = Agent(
            id: "spoke", name: "Spoke", description: "Cheerful.",
            location: SourceLocation(file: "agents/spoke.lua", line: 2))
        #expect(scripts.agents() == [otto, spoke])
        #expect(scripts.tagNames == ["a", "b"])
        let resolved = scripts.resolvingTags(["a": "tag_1"])
        #expect(resolved.snapshot(of: "bank_1")?.agent.tags == ["tag_1"])
        #expect(scripts.snapshot(of: "nobody") == nil)
    }

    @Test("a guideline has its fields")
    func guideline() async throws {
        let agent = try await Loader().agent(
            """
            local t = parlant.tool { name = "t", description = "d", run = function() end }
            local hello = agent:canned_response { id = "hello", template = "Hello {{std.customer.name}}" }
            agent:guideline {
              id = "g", title = "Greeting", condition = "c", action = "a", description = "d", criticality = "high",
              priority = 3, track = false, tools = { t }, labels = { "x" }, metadata = { k = { 1, 2 } },
              examples = { "hi there" }, canned_responses = { hello, "Bye" }, composition_mode = "strict",
              tags = { parlant.tag "vip" }, on_selected = function() end, on_message = function() end,
            }
            agent:observation { id = "o", matcher = parlant.match_always }
            agent:guideline { id = "m", action = "a", matcher = function() return true end }
            """)
        let guideline = try #require(agent.guidelines.first)
        #expect(guideline.content == GuidelineContent(condition: "c", action: "a", description: "d"))
        #expect(guideline.title == "Greeting")
        #expect(guideline.criticality == .high)
        #expect(guideline.priority == 3)
        #expect(!guideline.track)
        #expect(guideline.tools == [ToolID(service: "x", name: "t")])
        #expect(guideline.labels == ["x"])
        #expect(guideline.metadata == ["k": [1, 2]])
        #expect(guideline.examples == ["hi there"])
        #expect(guideline.compositionMode == .strict)
        #expect(guideline.tags == ["vip"])
        #expect(guideline.handlers == [.onSelected, .onMessage])
        #expect(guideline.location == SourceLocation(file: "agents/x.lua", line: 5))
        #expect(guideline.cannedResponses.first == "hello")
        #expect(agent.cannedResponses.map(\.template.source) == ["Hello {{std.customer.name}}", "Bye"])
        #expect(agent.agentCannedResponses == ["hello"])
        #expect(agent.guidelines.map(\.matcher) == [.condition, .always, .code])
        #expect(agent.guidelines[1].isObservation)
    }

    @Test("derived ids are stable, short and differ by text")
    func ids() async throws {
        let body = """
            agent:guideline { condition = "c", action = "a" }
            agent:guideline { condition = "c", action = "b" }
            agent:observation { condition = "c" }
            """
        let first = try await Loader().agent(body).guidelines.map(\.id)
        let second = try await Loader().agent("-- another line\n" + body).guidelines.map(\.id)
        #expect(first == second)
        #expect(Set(first).count == 3)
        #expect(first.allSatisfy { $0.rawValue.wholeMatch(of: /[0-9A-Za-z]{10}/) != nil })
        // Events and metrics keep these for years: a change of the derivation is a break.
        #expect(first.first == "focylDrsD5")
    }

    @Test("a tool has its parameters with all fields")
    func tool() async throws {
        let agent = try await Loader().agent(
            """
            local t = parlant.tool {
              name = "pay", description = "Pays.", consequential = true, overlap = "none", timeout = 2.5,
              metadata = { team = "money" },
              parameters = {
                { name = "to", type = "string", source = "customer", significance = "s", description = "d",
                  examples = { "Tom" }, display_name = "recipient", choices = { "Tom", "Ann" }, hidden = true,
                  min_length = 1, max_length = 9, precedence = 7 },
                { name = "list", type = "array", items = "integer", default = {}, choices = nil },
                { name = "amount", type = "number", minimum = 0.5, maximum = 10, required = false,
                  choices = function() return { 1 } end, validate = function() return true end,
                  adapter = function(_, v) return v end },
              },
              run = function() end,
            }
            agent:guideline { condition = "c", tools = { t } }
            """)
        let tool = try #require(agent.tools[ToolID(service: "x", name: "pay")])
        #expect(tool.consequential && tool.overlap == .none && tool.timeout == .seconds(2.5))
        #expect(tool.metadata == ["team": "money"])
        #expect(
            tool.parameters[0]
                == ToolParameter(
                    name: "to", kind: .string, description: "d", significance: "s", examples: ["Tom"],
                    displayName: "recipient", choices: .fixed(["Tom", "Ann"]), minLength: 1, maxLength: 9,
                    source: .customer, precedence: 7, hidden: true))
        #expect(
            tool.parameters[1]
                == ToolParameter(name: "list", kind: .array, itemKind: .integer, defaultValue: [], precedence: 2))
        #expect(
            tool.parameters[2]
                == ToolParameter(
                    name: "amount", kind: .number, required: false, choices: .code, minimum: 0.5, maximum: 10,
                    precedence: 3, hasValidator: true, hasAdapter: true))
    }

    @Test("a preamble's tag has a fixed id and is not one of the names to ensure")
    func preamble() async throws {
        let scripts = try await Loader().scripts([
            "agents/x.lua": Loader.file(
                "agent:canned_response { template = \"One moment.\", tags = { parlant.tags.preamble } }")
        ])
        #expect(scripts.tagNames.isEmpty)
        #expect(
            scripts.resolvingTags([:]).snapshot(of: "x")?.cannedResponses.first?.tags == [CannedResponse.preambleTag])
    }

    @Test("customers are drafts with the store's tags")
    func customers() async throws {
        let scripts = try await Loader().scripts([
            "agents/x.lua": """
            local parlant = require "parlant"
            local jane = parlant.customer {
              id = "cust_jane", name = "Jane", metadata = { plan = "gold" }, tags = { parlant.tag "vip" },
            }
            return { parlant.agent { name = "X", description = "d" }, jane }
            """
        ])
        let drafts = scripts.customers(["vip": "tag_9"])
        #expect(drafts.map(\.id) == ["cust_jane"])
        #expect(drafts.first?.tags == ["tag_9"])
        #expect(drafts.first?.metadata == ["plan": "gold"])
    }

    @Test("customers have what is known of them, and documents whose ids stay")
    func knownCustomers() async throws {
        let script = """
            local parlant = require "parlant"
            local jane = parlant.customer {
              id = "cust_jane", name = "Jane", about = "Tall.",
              documents = {
                { title = "Report", content = "Iron is low.", metadata = { page = 1 } },
                { title = "Notes", content = { "one", "two" } },
              },
            }
            return { parlant.agent { name = "X", description = "d" }, jane }
            """
        let scripts = try await Loader().scripts(["agents/x.lua": script])
        #expect(scripts.customers([:]).map(\.about) == ["Tall."])
        let documents = scripts.documents(of: "cust_jane")
        #expect(documents.map(\.title) == ["Report", "Notes"])
        #expect(documents.map(\.content) == [.text("Iron is low."), .parts(["one", "two"])])
        #expect(documents.map(\.metadata) == [["page": 1], [:]])
        #expect(documents.allSatisfy { $0.owner == .customer("cust_jane") })
        #expect(Set(documents.map(\.id)).count == 2)
        #expect(try await Loader().scripts(["agents/x.lua": script]).documents(of: "cust_jane") == documents)
        #expect(scripts.documents(of: "somebody").isEmpty)
    }

    @Test("a file may return several agents, each with its own id")
    func severalAgents() async throws {
        let body = """
            local parlant = require "parlant"
            local a = parlant.agent { id = "a", name = "A", description = "d" }
            local b = parlant.agent { ID name = "B", description = "d" }
            a:guideline { condition = "c", action = "x" }
            b:guideline { condition = "c", action = "x" }
            return { a, b }
            """
        let scripts = try await Loader().scripts(["agents/x.lua": body.replacing("ID", with: "id = \"b\",")])
        #expect(scripts.agents().map(\.id) == ["a", "b"])
        #expect(scripts.snapshot(of: "a")?.guidelines.first?.id != scripts.snapshot(of: "b")?.guidelines.first?.id)
        let same = body.replacing("ID", with: "").replacing("id = \"a\",", with: "")
        #expect(
            try await Loader().problems(["agents/x.lua": same]) == [
                "agents/x.lua:3: agent \"B\": this id is already used at line 2; give each agent of a file its own 'id'"
            ])
    }

    @Test("handles can be read and not written")
    func handles() async throws {
        let agent = try await Loader().agent(
            """
            local g = agent:guideline { id = "g", condition = "c", action = "a" }
            agent:guideline { id = agent.id .. agent.name .. g.id, condition = g.condition, action = g.action .. "!" }
            """)
        #expect(agent.guidelines[1].id == "xXg")
        #expect(
            try await Loader().problems(agent: "agent.name = \"Y\"") == [
                "agents/x.lua:3: agent \"X\": name: handles are read-only; give the field to the constructor"
            ])
    }

    @Test("constructors are for loading, not for handlers")
    func sealed() async throws {
        let caller = try await Loader().caller(run: "parlant.tag \"late\"")
        #expect(
            try await caller.run()
                == .defect("agents/x.lua:6: definitions are made while the file loads, not in a handler"))
    }

    @Test(
        "a word that is not there is explained",
        arguments: [
            (
                "agent:create_journey { title = \"x\" }",
                "agent \"X\": there is no 'create_journey'; it is called 'journey' here"
            ),
            ("agent:guidelin { }", "agent \"X\": there is no 'guidelin' (did you mean 'guideline'?)"),
            (
                "agent:guideline { id = \"g\", condition = \"c\", action = \"a\" }:exclude(agent)",
                "guideline \"g\": there is no 'exclude'; it is called 'prioritize_over' here"
            ),
            (
                "local j = parlant.jorney { }; j:guideline { }",
                "parlant: there is no 'jorney' (did you mean 'journey'?)"
            ),
            ("parlant.term { }", "parlant: there is no 'term' here; it belongs to an agent; write agent:term"),
            ("local x = parlant.End", "parlant: there is no 'End' (did you mean 'END'?)"),
            ("local x = parlant.tags.preambel", "parlant.tags: there is no 'preambel' (did you mean 'preamble'?)"),
        ])
    func words(body: String, text: String) async throws {
        #expect(try await Loader().problems(agent: body) == ["agents/x.lua:3: \(text)"])
    }
}
