/// The files of a new agent. `NAME` is its id, `TITLE` what customers see.
enum AgentTemplates {
    static let agent = """
        --- TITLE: say here in one sentence what the agent is for.
        local parlant = require "parlant"
        local tools = require "NAME.tools"

        local agent = parlant.agent {
          name = "TITLE",
          description = "A friendly clerk who answers in two sentences at most and never guesses.",
        }

        agent:guideline {
          id = "opening_hours",
          condition = "The customer asks when we are open",
          examples = { "When are you open?", "Are you open on Sunday?", "What are your opening hours?" },
          action = "Say when we are open on that day",
          tools = { tools.opening_hours },
          canned_responses = { "On {{day}} we are open {{hours}}." },
        }

        agent:guideline {
          id = "greeting",
          condition = "The customer says hello",
          examples = { "Hello", "Good morning", "Hi there" },
          action = "Greet the customer and ask how you can help",
          canned_responses = { "Hello {{std.customer.name}}, how can I help?" },
        }

        return agent

        """

    static let tools = """
        --- What the agent can do: the only file that touches the outside world.
        local parlant = require "parlant"

        local M = {}

        local HOURS = {
          weekday = "from 9:00 to 18:00",
          saturday = "from 10:00 to 14:00",
        }

        M.opening_hours = parlant.tool {
          name = "get_opening_hours",
          description = "Returns when we are open on one kind of day.",
          parameters = {
            {
              name = "day",
              type = "string",
              description = "The kind of day that the customer asks about.",
              choices = { "weekday", "saturday", "sunday" },
              default = "weekday",
            },
          },
          run = function(_, args)
            local hours = HOURS[args.day]
            if not hours then
              return nil, "we are closed on sundays"
            end
            return parlant.result {
              data = hours,
              canned_response_fields = { day = args.day .. "s", hours = hours },
            }
          end,
        }

        return M

        """

    static let spec = """
        local test = require "parlant.test"
        local tools = require "NAME.tools"

        local describe, it, assert = test.describe, test.it, test.assert

        describe("NAME", function()
          it("looks up the opening hours", function()
            local chat = test.conversation { agent = "NAME" }

            chat:matches "opening_hours"
            chat:calls(tools.opening_hours, { day = "saturday" })
            chat:customer "Can I come at the weekend?"

            assert.said(chat, "from 10:00 to 14:00")
          end)

          it("finds the question in the customer's own words", function()
            local chat = test.conversation { agent = "NAME", matching = "words" }

            chat:customer "When are you open on a weekday?"

            assert.matched(chat, "opening_hours")
            assert.called(chat, tools.opening_hours, { day = "weekday" })
          end)

          it("says why there are no hours", function()
            local chat = test.conversation { agent = "NAME" }
            local result, reason = chat:call(tools.opening_hours, { day = "sunday" })

            assert.is_nil(result)
            assert.equal("we are closed on sundays", reason)
          end)

          it("greets people by their name", function()
            local chat = test.conversation { agent = "NAME", customer = { name = "Ada" } }

            chat:matches "greeting"
            chat:customer "Hello"

            assert.said(chat, "Hello Ada")
            assert.instructed(chat, "ask how you can help")
          end)
        end)

        """
}
