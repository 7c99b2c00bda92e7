import ParlantCore
import ParlantScripting
import Testing

@Suite("Journeys become the domain's values")
struct JourneyTests {
    private static let small = """
        parlant.journey {
          title = "Book", description = "d", triggers = { "They want to book" }, start = "ask",
          states = { ask = { chat = "Ask" } },
        }
        """

    @Test("a journey has its fields, and each kind of state")
    func fields() async throws {
        let agent = try await Loader().agent(
            """
            local t = parlant.tool { name = "t", description = "d", run = function() end }
            local u = parlant.tool { name = "u", description = "d", run = function() end }
            local first = agent:observation { id = "first", condition = "c" }
            local other = agent:journey {
              id = "other", title = "t", description = "d", triggers = { "c" }, start = "s",
              states = { s = { chat = "x" } },
            }
            local function f() end
            agent:journey {
              id = "j", title = "Title", description = "Text", triggers = { first, "They say so", "They say so" },
              start = "ask", composition_mode = "strict", priority = 7, labels = { "l" }, tags = { parlant.tag "t" },
              on_selected = f, on_message = f,
              states = {
                ask = {
                  chat = "Ask", description = "d", composition_mode = "composited", canned_responses = { "Hello?" },
                  canned_response_fields = f, on_selected = f, on_message = f, labels = { "m" }, metadata = { k = 1 },
                  next = "work",
                },
                work = { tools = { t, u }, instruction = "Both", next = { { condition = "done", to = "choose" } } },
                choose = { fork = { { condition = "a", to = "sub" }, { condition = "b", to = parlant.END } } },
                sub = { journey = other, next = parlant.END },
              },
            }
            """)
        let journey = try #require(agent.journeys.last)
        #expect(journey.title == "Title" && journey.description == "Text" && journey.priority == 7)
        #expect(journey.compositionMode == .strict && journey.labels == ["l"] && journey.tags == ["t"])
        #expect(journey.handlers == [.onSelected, .onMessage])
        #expect(journey.location == SourceLocation(file: "agents/x.lua", line: 11))
        #expect(journey.conditions.first == "first" && journey.conditions.count == 2)
        #expect(agent.guidelines.first?.tags == ["journey:j"])
        let states = try #require(journey.graph?.states)
        #expect(states.map(\.name) == ["ask", "work", "choose", "sub"])
        #expect(states[0].kind == .chat(instruction: "Ask") && states[0].compositionMode == .composited)
        #expect(states[0].handlers == Set(GuidelineHandler.allCases) && states[0].labels == ["m"])
        #expect(states[0].metadata == ["k": 1] && states[0].description == "d")
        #expect(
            states[1].kind
                == .tools([ToolID(service: "x", name: "t"), ToolID(service: "x", name: "u")], instruction: "Both"))
        #expect(states[2].kind == .fork && states[2].next.transitions.map(\.target) == [.state("sub"), .end])
        #expect(states[3].kind == .journey("other") && states[3].next == .end)
        #expect(agent.tools.count == 2)
    }

    @Test("a journey that is attached belongs to the agent, with what it owns")
    func attached() async throws {
        let agent = try await Loader().agent(
            """
            local book = \(Self.small)
            book:guideline { id = "g", condition = "c", action = "a", on_selected = function() end }
            book:observation { id = "o", condition = "c" }
            book:canned_response { id = "r", template = "Booked." }
            book:variable { name = "v" }
            agent:attach(book)
            """)
        let id = try #require(agent.journeys.first?.id)
        #expect(agent.guidelines.map(\.scope) == [.journey(id), .journey(id)])
        #expect(agent.variables.map(\.scope) == [.journey(id)])
        #expect(agent.journeys.first?.cannedResponses == ["r"])
        #expect(agent.agentCannedResponses.isEmpty)
    }

    @Test("a journey of a shared file can serve several agents")
    func shared() async throws {
        let agent = """
            local parlant = require "parlant"
            local agent = parlant.agent { name = "N", description = "d" }
            agent:attach(require "_shared.book")
            return agent
            """
        let scripts = try await Loader().scripts([
            "agents/a.lua": agent, "agents/b.lua": agent,
            "agents/_shared/book.lua": "local parlant = require \"parlant\"\nreturn \(Self.small)",
        ])
        let journeys = ["a", "b"].compactMap { scripts.snapshot(of: AgentID($0))?.journeys.first }
        #expect(journeys.count == 2)
        #expect(journeys.first == journeys.last)
        let catalog = ScriptEntities(
            AgentRegistry(scripts: scripts, store: NoAgents()), loadedAt: Timestamp(microseconds: 5))
        #expect(catalog.journeys().map(\.entity.tags) == [["agent:a", "agent:b"]])
        #expect(catalog.guidelines().count == 1)
    }

    @Test("ids of journeys are stable, and follow the title where none is given")
    func ids() async throws {
        let body = "agent:attach(\(Self.small))"
        let first = try await Loader().agent(body)
        let second = try await Loader().agent("-- a line\n" + body)
        #expect(first.journeys.map(\.id) == second.journeys.map(\.id))
        #expect(first.triggers.map(\.id) == second.triggers.map(\.id))
    }

    @Test("what nothing uses is told, and a journey must be the agent's to be gone through")
    func problems() async throws {
        #expect(
            try await Loader().problems(agent: Self.small) == [
                "agents/x.lua:3: journey \"Book\": belongs to no agent; write agent:attach(journey), or use agent:journey"
            ])
        let body = """
            local book = \(Self.small)
            agent:journey {
              id = "j", title = "t", description = "d", triggers = { "c" }, start = "s", states = { s = { journey = book } },
            }
            """
        #expect(
            try await Loader().problems(agent: body).first
                == "agents/x.lua:3: journey \"Book\": belongs to no agent; write agent:attach(journey), or use agent:journey"
        )
        #expect(
            try await Loader().problems(agent: body).last
                == "agents/x.lua:7: journey \"j\": state 's': journey: journey \"Book\" is not attached to agent \"X\"; write agent:attach for it, too"
        )
        #expect(
            try await Loader().problems(agent: "local book = \(Self.small)\nagent:attach(book)\nagent:attach(book)")
                == [
                    "agents/x.lua:8: agent \"X\": attach: this journey is already attached at line 7"
                ])
    }

    @Test("a guideline and one of a journey cannot share an id")
    func sharedIDs() async throws {
        let body = """
            agent:guideline { id = "g", condition = "c", action = "a" }
            local book = \(Self.small)
            book:guideline { id = "g", condition = "c", action = "a" }
            agent:attach(book)
            """
        #expect(
            try await Loader().problems(agent: body) == [
                "agents/x.lua:8: guideline \"g\": this id is already used at line 3"
            ])
    }
}

/// A store of agents that has none.
private struct NoAgents: EntityStore {
    func create(_ entity: Agent) async throws -> Stored<Agent> { throw StoreError.notFound("agent", entity.id) }
    func save(_ entity: Agent) async throws -> Stored<Agent> { throw StoreError.notFound("agent", entity.id) }
    func read(_ id: AgentID) async throws -> Stored<Agent> { throw StoreError.notFound("agent", id) }
    func list(anyOf tags: [TagID]?) async throws -> [Stored<Agent>] { [] }
    func update(_ id: AgentID, _ change: @Sendable (inout Agent) throws -> Void) async throws -> Stored<Agent> {
        throw StoreError.notFound("agent", id)
    }
    func delete(_ id: AgentID) async throws { throw StoreError.notFound("agent", id) }
}
