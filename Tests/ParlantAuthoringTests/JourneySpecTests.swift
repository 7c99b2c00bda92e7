import ParlantAuthoring
import Testing

@Suite("A test of a journey")
struct JourneySpecTests {
    private static let agent = """
        local parlant = require "parlant"
        local find = parlant.tool {
          name = "find",
          description = "Finds a seat.",
          parameters = { { name = "city", type = "string", choices = { "Rome" } } },
          run = function(_, args) return parlant.result { data = args.city } end,
        }
        local agent = parlant.agent { name = "Tessa", description = "Books trips." }
        local name = agent:journey {
          id = "name", title = "Name", description = "Asks for it.", triggers = { "Never" }, start = "ask",
          states = { ask = { chat = "Ask for the name" } },
        }
        agent:journey {
          id = "trip", title = "Trip", description = "Books one.", triggers = { "A trip" }, start = "who",
          states = {
            who = { journey = name, next = "where" },
            where = { chat = "Ask where to", next = "search" },
            search = { tool = find, next = "offer" },
            offer = {
              chat = "Offer it",
              next = { { condition = "yes", to = parlant.END }, { condition = "no", to = "where" } },
            },
          },
        }
        return agent
        """

    /// The lines that a spec prints; each test begins with a conversation in the journey.
    private func lines(_ body: String) async throws -> [String] {
        let spec = """
            local test = require "parlant.test"
            local it, assert = test.it, test.assert
            local chat
            test.before_each(function()
              chat = test.conversation { agent = "tessa" }
              chat:activates "trip"
            end)
            \(body)
            """
        let folder = try SpecFolder(["agents/tessa.lua": Self.agent, "agents/spec/tessa_spec.lua": spec])
        return try await folder.test().results.map(\.line)
    }

    @Test("moves the engine: nested journeys, tools on the way, and the way back")
    func moves() async throws {
        let lines = try await lines(
            """
            it("goes", function()
              chat:customer "A trip"
              assert.in_state(chat, "trip", "who")
              assert.in_state(chat, "name", "ask")
              chat:takes("trip", "END"):takes("trip", "search")
              chat:calls("find", { city = "Rome" })
              chat:customer "Ann, to Rome"
              assert.called(chat, "find", { city = "Rome" })
              assert.in_state(chat, "trip", "offer")
              chat:takes("trip", "where")
              chat:customer "No"
              assert.in_state(chat, "trip", "where")
            end)
            """)
        #expect(lines == ["ok   goes"])
    }

    @Test(
        "says what is wrong at the line where it is",
        arguments: [
            (
                #"chat:takes("trip", "offer")"#,
                "chat:takes: there is no way from 'who/ask' to 'offer': the journey ends there"
            ),
            (
                #"chat:takes("name", "END")"#,
                "chat:takes: journey 'name' is not active; begin it with chat:activates(…)"
            ),
            (
                #"chat:customer "Hi" assert.in_state(chat, "trip", "offer")"#,
                "expected journey 'trip' to be at 'offer', it is at 'who/ask'"
            ),
            (
                #"chat:customer "Hi" assert.ended(chat, "trip")"#,
                "expected journey 'trip' to have ended, it is at 'who/ask'"
            ),
            (
                #"chat:takes("trip", "END"):takes("trip", "search"):takes("trip", "END") chat:customer "Hi""#,
                "chat:takes: journey 'trip' did not go to 'END', it is at 'search'; its tools did not run: "
                    + "chat:calls(tool, arguments) says what one is called with"
            ),
        ] as [(String, String)])
    func mistakes(body: String, text: String) async throws {
        let lines = try await lines("it(\"goes\", function() \(body) end)")
        #expect(lines == ["FAIL agents/spec/tessa_spec.lua:8: goes: \(text)"])
    }

    @Test("counts the ways that turns went, those of nested journeys too")
    func coverage() async throws {
        let spec = """
            local test = require "parlant.test"
            test.it("goes", function()
              local chat = test.conversation { agent = "tessa" }
              chat:activates "trip"
              chat:takes("trip", "END")
              chat:customer "A trip"
            end)
            """
        let folder = try SpecFolder(["agents/tessa.lua": Self.agent, "agents/spec/tessa_spec.lua": spec])
        let coverage = try #require(try await folder.test().coverage)
        #expect(coverage.summary == "coverage: 0 of 0 guidelines, 0 of 1 tools, 1 of 5 ways of journeys")
    }
}
