import ParlantAuthoring
import ParlantCore
import ParlantScripting
import Testing

@Suite("The runner of tests")
struct TestRunnerTests {
    private func folder(_ spec: String) throws -> SpecFolder {
        try SpecFolder(["agents/clock.lua": SmallAgent.script, "agents/spec/clock_spec.lua": SmallAgent.spec(spec)])
    }

    @Test("passes what passes and ends with the verdict")
    func passes() async throws {
        let report = try await folder(
            """
            it("tells the time of the test", function()
              local chat = test.conversation { agent = "clock", now = "2026-03-02T09:00:00Z" }
              chat:advance(60)
              assert.equal("2026-03-02T09:01:00Z", chat:call("get_time").data)
            end)
            """
        ).test()
        #expect(report.isGood)
        #expect(report.summary.last == "1 passed, 0 failed")
    }

    @Test("lists every guideline and tool that no test reached")
    func coverage() async throws {
        let report = try await folder(
            """
            it("does something", function()
              local chat = test.conversation { agent = "clock" }
              chat:matches "rude"
              chat:customer "You fool"
            end)
            """
        ).test()
        let coverage = try #require(report.coverage)
        #expect(coverage.summary == "coverage: 1 of 2 guidelines, 0 of 1 tools")
        #expect(
            coverage.gaps.map(\.description) == [
                "agents/clock.lua:2: tool 'get_time' never ran", "agents/clock.lua:8: guideline 'time' never applied",
            ])
    }

    @Test("reaches a tool by a turn")
    func turn() async throws {
        let report = try await folder(
            """
            it("tells", function()
              local chat = test.conversation { agent = "clock" }
              chat:matches "time"
              chat:customer "What time is it?"
              assert.called(chat, "get_time")
              local kinds = {}
              for _, event in ipairs(chat:events()) do
                kinds[event.kind] = (kinds[event.kind] or 0) + 1
              end
              assert.equal(1, kinds.tool, "tool events")
              assert.equal("What time is it?", chat:events()[1].text)
            end)
            """
        ).test()
        #expect(report.results.map(\.line) == ["ok   tells"])
        #expect(report.coverage?.gaps.map(\.text) == ["observation 'rude' never applied"])
        #expect(report.turns == 1)
    }

    @Test("runs only the tests that the filter names")
    func filter() async throws {
        let folder = try folder(
            """
            describe("one", function() it("runs", function() end) end)
            describe("two", function() it("fails", function() assert.equal(1, 2) end) end)
            """)
        #expect(try await folder.test(filter: "one").results.map(\.line) == ["ok   one runs"])
    }

    @Test("runs what comes before and after each test of its block, also when it fails")
    func hooks() async throws {
        let report = try await folder(
            """
            local log = {}
            test.after_each(function() log[#log + 1] = "after" end)
            describe("a block", function()
              test.before_each(function() log[#log + 1] = "before" end)
              it("fails", function() error("as it should") end)
              it("sees what ran", function() assert.same({ "before", "after", "before" }, log) end)
            end)
            """
        ).test()
        #expect(
            report.results.map(\.line) == [
                "FAIL agents/clock_spec.lua:7: a block fails: as it should".replacing("agents/", with: "agents/spec/"),
                "ok   a block sees what ran",
            ])
    }

    @Test("says where a spec file does not load, and runs the others")
    func brokenSpec() async throws {
        let folder = try folder("it(\"runs\", function() end)")
        try folder.write("agents/spec/broken_spec.lua", "local x = \n")
        let report = try await folder.test()
        #expect(report.results.map(\.line) == ["ok   runs"])
        #expect(report.problems.map(\.description) == ["agents/spec/broken_spec.lua:2: unexpected symbol near <eof>"])
        #expect(report.summary.last == "1 passed, 1 failed")
    }

    @Test("says what is wrong with the agents instead of testing them")
    func brokenAgent() async throws {
        let folder = try folder("it(\"runs\", function() end)")
        try folder.write("agents/clock.lua", "return 1")
        let report = try await folder.test()
        #expect(report.results.isEmpty)
        #expect(report.problems.first?.description.hasPrefix("agents/clock.lua: returns a number") == true)
        #expect(!report.isGood)
    }

    @Test("says where tests belong when there are none")
    func none() async throws {
        let report = try await SpecFolder(["agents/clock.lua": SmallAgent.script]).test()
        #expect(report.isGood)
        #expect(report.summary.first?.hasPrefix("there are no tests; write them in files named *_spec.lua") == true)
    }

    @Test("tests one agent of several when it is named")
    func one() async throws {
        let folder = try folder("it(\"runs\", function() end)")
        try folder.write("agents/other/init.lua", SmallAgent.script)
        try folder.write(
            "agents/other/spec/other_spec.lua", SmallAgent.spec("it(\"is another\", function() end)"))
        #expect(try await folder.test("agents/other").results.map(\.line) == ["ok   is another"])
        #expect(try await folder.test("agents/clock.lua").results.map(\.line) == ["ok   runs"])
        #expect(try await folder.test().results.count == 2)
    }

    @Test("gives the customer values of variables, before those of the script")
    func variables() async throws {
        let folder = try SpecFolder([
            "agents/plans.lua": """
            local parlant = require "parlant"
            local tool = parlant.tool {
              name = "get_plan",
              description = "Returns the plan.",
              run = function(ctx) return { plan = ctx.variables.plan, seats = ctx.variables.seats } end,
            }
            local agent = parlant.agent { name = "Plans", description = "Knows plans." }
            agent:guideline { id = "plan", condition = "The customer asks for their plan", tools = { tool } }
            agent:variable { name = "plan", description = "The plan." }:set_default "basic"
            agent:variable { name = "seats", description = "How many people." }
            return { agent, parlant.customer { id = "jane", name = "Jane" } }
            """,
            "agents/spec/plans_spec.lua": SmallAgent.spec(
                """
                it("has what the script says", function()
                  assert.same({ plan = "basic" }, test.conversation { agent = "plans" }:call("get_plan").data)
                end)
                it("has what the test says", function()
                  local chat = test.conversation {
                    agent = "plans", customer = "jane", variables = { plan = "gold", seats = 3 },
                  }
                  assert.same({ plan = "gold", seats = 3 }, chat:call("get_plan").data)
                  chat:matches "plan"
                  chat:customer "Which plan do I have?"
                  assert.called(chat, "get_plan")
                end)
                """),
        ])
        #expect(
            try await folder.test().results.map(\.line) == [
                "ok   has what the script says", "ok   has what the test says",
            ])
    }

    @Test("lets tools look into the documents of a script's customer")
    func documents() async throws {
        let folder = try SpecFolder([
            "agents/papers.lua": """
            local parlant = require "parlant"
            local tool = parlant.tool {
              name = "look",
              description = "Looks into the customer's papers.",
              run = function(ctx)
                local found = ctx.customer:documents "iron"
                return { about = ctx.customer.about, text = found[1] and found[1].text, count = #ctx.customer:documents() }
              end,
            }
            local agent = parlant.agent { name = "Papers", description = "Knows papers." }
            agent:guideline { id = "look", condition = "The customer asks", tools = { tool } }
            return { agent, parlant.customer {
              id = "jane", name = "Jane", about = "Tall.",
              documents = { { title = "Blood", content = "Iron is low." }, { title = "Bones", content = "All well." } },
            } }
            """,
            "agents/spec/papers_spec.lua": SmallAgent.spec(
                """
                it("finds what is there", function()
                  local chat = test.conversation { agent = "papers", customer = "jane" }
                  assert.same({ about = "Tall.", text = "Iron is low.", count = 2 }, chat:call("look").data)
                end)
                it("finds nothing of somebody else", function()
                  local chat = test.conversation { agent = "papers", customer = { name = "Ann", about = "Small." } }
                  assert.same({ about = "Small.", count = 0 }, chat:call("look").data)
                end)
                """),
        ])
        #expect(
            try await folder.test().results.map(\.line) == [
                "ok   finds what is there", "ok   finds nothing of somebody else",
            ])
    }

    @Test("keeps conversations apart: each has its own stores, clock and routes")
    func isolation() async throws {
        let report = try await folder(
            """
            it("is one of two", function()
              local early = test.conversation { agent = "clock", now = "2026-01-01T00:00:00Z" }
              local late = test.conversation { agent = "clock", now = "2027-01-01T00:00:00Z" }
              late:advance(1)
              assert.equal("2026-01-01T00:00:00Z", early:call("get_time").data)
              assert.equal("2027-01-01T00:00:01Z", late:call("get_time").data)
              early:customer "Hello"
              assert.equal(0, #late:events())
            end)
            """
        ).test()
        #expect(report.results.map(\.line) == ["ok   is one of two"])
    }
}
