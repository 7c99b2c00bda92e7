import Logging
import ParlantCore
import Testing

@Suite("Functions of journeys and of their states")
struct OwnerTests {
    private static let journey = """
        local tool = parlant.tool { name = "look_up", description = "d", run = function() return 1 end }
        agent:journey {
          id = "book", title = "Book", description = "Books.", triggers = { "The customer wants to book" },
          start = "ask",
          states = {
            ask = {
              chat = "Ask for the day", next = "done",
              on_selected = function(ctx) ctx:emit_message("asking " .. ctx.variables.plan) end,
              on_message = function(ctx, match) ctx:emit_custom { asked = ctx.interaction.last_customer_message, match = match ~= nil } end,
              canned_response_fields = function(ctx) return { calls = #ctx.tool_calls, day = "Monday" } end,
            },
            done = { chat = "Say goodbye", on_selected = function() error("broken") end },
          },
          on_selected = function(ctx) ctx.session:add_label("booking") end,
          on_message = function(ctx) ctx.kv.session:set("booked", true) end,
        }
        """

    @Test("run with their context, each one its own")
    func called() async throws {
        var caller = Caller(try await Loader().agent(Self.journey))
        caller.toolCalls = [["tool_id": "x:look_up"], ["tool_id": "x:look_up"]]
        let handlers = caller.agent.handlers
        let context = caller.context
        let journey = try #require(caller.agent.journeys.first)
        #expect(journey.handlers == [.onSelected, .onMessage])
        #expect(journey.graph?.states[0].handlers == [.onSelected, .onMessage, .cannedResponseFields])
        try await handlers.notify(.onSelected, of: .journey("book"), match: nil, in: context)
        try await handlers.notify(.onMessage, of: .journey("book"), match: nil, in: context)
        let match = GuidelineMatch(
            guideline: Guideline(
                id: "journey_state:book:ask", content: GuidelineContent(condition: nil, action: "Ask for the day")),
            rationale: "next", score: 1)
        try await handlers.notify(.onSelected, of: .journeyState("book", "ask"), match: match, in: context)
        try await handlers.notify(.onMessage, of: .journeyState("book", "ask"), match: match, in: context)
        #expect(
            caller.effects.log == [
                "session label booking", "message asking free", #"custom {"asked":"Hi there","match":false}"#,
            ])
        let kept = try await caller.effects.keyValues.read("booked", in: .session(context.session.id))
        #expect(kept == true)
        let fields = try await handlers.cannedResponseFields(of: .journeyState("book", "ask"), in: context)
        #expect(fields == ["calls": 2, "day": "Monday"])
    }

    @Test("fail with their place, and the log says whose they are")
    func failing() async throws {
        let loader = Loader()
        let caller = Caller(try await loader.agent(Self.journey))
        let owner = HandlerOwner.journeyState("book", "done")
        let error = await #expect(throws: (any Error).self) {
            try await caller.agent.handlers.notify(.onSelected, of: owner, match: nil, in: caller.context)
        }
        #expect(error.map { "\($0)" } == "agents/x.lua:14: broken")
        let line = try #require(loader.log.lines.last)
        #expect(line.level == .error && line.message == "agents/x.lua:14: broken")
        #expect(line.metadata["handler"] == "on_selected of state done of journey book")
    }
}
