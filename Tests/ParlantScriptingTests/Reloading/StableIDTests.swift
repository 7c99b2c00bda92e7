import ParlantCore
import Testing

@testable import ParlantScripting

/// Ids that sessions, dashboards and other systems hold on to.
@Suite("Ids after a reload")
struct StableIDTests {
    /// One of everything that gets an id of its own, none of them given.
    private static let text = """
        local tool = parlant.tool { name = "look", description = "Looks.", run = function() return 1 end }
        local vip = parlant.tag "VIP"
        local rain = agent:observation { condition = "It rains" }
        local boots = agent:guideline { condition = "It snows", action = "Give boots", tools = { tool } }
        local hat = agent:guideline { condition = "The sun shines", action = "Give a hat", tags = { vip } }
        agent:term { name = "Intake", description = "When a thing is handed over." }
        local plan = agent:variable { name = "plan", tool = tool }
        plan:set_default("free")
        plan:set_for(vip, "gold")
        agent:canned_response { template = "Here are your {{boots}}." }
        agent:retriever { id = "faq", run = function() return {} end }
        local trip = agent:journey {
          title = "Trip",
          description = "Plans a trip.",
          triggers = { "The customer wants to travel", rain },
          start = "where_to",
          states = {
            where_to = { chat = "Ask where to", next = { { condition = "By train", to = "book" } } },
            book = { tool = tool, next = "tell" },
            tell = { chat = "Tell the seat" },
          },
        }
        trip:guideline { condition = "They have a dog", action = "Ask for its size" }
        trip:variable { name = "seat", tool = tool }
        trip:canned_response { template = "Bon voyage!" }
        boots:prioritize_over(hat)
        hat:depend_on_any(rain, trip)
        rain:disambiguate { boots, hat }
        boots:reevaluate_after(tool)
        boots:depend_on(parlant.any_of(vip))
        """

    /// Entities of the one agent that come before all others, and move them down.
    private static let added = """
        local other = agent:guideline { condition = "It is windy", action = "Give a kite" }
        local wind = agent:observation { condition = "It is very windy" }
        agent:term { name = "Kite", description = "It flies." }
        agent:variable { name = "height" }:set_default(1)
        agent:canned_response { template = "Fly!" }
        agent:retriever { id = "weather", run = function() return {} end }
        agent:journey {
          title = "Flight", description = "Flies.", triggers = { wind }, start = "up", states = { up = { chat = "Up" } },
        }
        other:prioritize_over(wind)
        """

    /// Ids by kind, with what they belong to.
    private static func ids(_ agent: AgentSnapshot) -> [String: [String]] {
        let entities: [String: [String]] = [
            "guidelines": agent.guidelines.map(\.id.rawValue), "triggers": agent.triggers.map(\.id.rawValue),
            "canned responses": agent.cannedResponses.map(\.id.rawValue), "terms": agent.terms.map(\.id.rawValue),
            "variables": agent.variables.map(\.id.rawValue),
            "values": agent.variableValues.map(\.id.rawValue), "retrievers": agent.retrievers.map(\.id.rawValue),
            "journeys": agent.journeys.map(\.id.rawValue),
            "conditions of journeys": agent.journeys.map { "\($0.id): \($0.conditions)" },
            "states": agent.journeys.flatMap { journey in
                (journey.graph?.states ?? []).map { "\(journey.id): \($0.name) \($0.next)" }
            }, "relationships": agent.relationships.map { "\($0.id): \($0.kind) \($0.source) \($0.target)" },
            "tools": agent.tools.keys.map(\.description),
        ]
        return entities
    }

    @Test("of all that did not change are the same, however much else came before it")
    func survive() async throws {
        let before = Self.ids(try await Loader().agent(Self.text))
        let again = Self.ids(try await Loader().agent("-- moved down\n\n" + Self.text))
        let after = Self.ids(try await Loader().agent(Self.added + "\n" + Self.text))
        for (kind, ids) in before {
            #expect(!ids.isEmpty, "\(kind)")
            #expect(again[kind]?.sorted() == ids.sorted(), "\(kind)")
            for id in ids { #expect(after[kind]?.contains(id) == true, "\(kind): \(id)") }
            #expect(Set(after[kind] ?? []).count == after[kind]?.count, "\(kind)")
        }
    }

    @Test(
        "change with the text that makes a thing what it is, and with nothing else of it",
        arguments: [
            ("action = \"Give boots\"", "action = \"Give shoes\"", "guidelines", true),
            ("tools = { tool } }\nlocal hat", "tools = { tool }, priority = 2 }\nlocal hat", "guidelines", false),
            ("name = \"Intake\"", "name = \"Hand-over\"", "terms", true),
            ("\"When a thing is handed over.\"", "\"When it is handed over.\"", "terms", false),
            ("name = \"plan\", tool = tool", "name = \"plan\"", "variables", false),
            ("plan:set_default(\"free\")", "plan:set_default(\"paid\")", "values", false),
            ("title = \"Trip\"", "title = \"Tour\"", "journeys", true),
            ("description = \"Plans a trip.\"", "description = \"Plans trips.\"", "journeys", false),
            ("chat = \"Ask where to\"", "chat = \"Ask for the place\"", "states", false),
            ("boots:prioritize_over(hat)", "hat:prioritize_over(boots)", "relationships", true),
        ] as [(String, String, String, Bool)])
    func change(old: String, new: String, kind: String, changes: Bool) async throws {
        #expect(Self.text.contains(old))
        let before = Self.ids(try await Loader().agent(Self.text))
        let after = Self.ids(try await Loader().agent(Self.text.replacing(old, with: new)))
        #expect((before[kind]?.sorted() != after[kind]?.sorted()) == changes, "\(after[kind] ?? [])")
    }
}
