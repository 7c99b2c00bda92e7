local test = require "parlant.test"

local describe, it, assert = test.describe, test.it, test.assert

-- What a customer says, the guideline that applies, and parts of what the agent is told and says.
local CASES = {
  { "Good morning", "greet", "ask what you can do", "this is Sam" },
  { "Thanks a lot", "thank", "Say goodbye", "Have a nice day" },
  { "Are you a machine?", "robot", "you are an assistant", "automated assistant" },
  { "When do you close today?", "opening_hours", "opening hours", "from 9 to 17" },
  { "How much is shipping?", "delivery", "price of a standard delivery", "costs 4.90" },
  { "I want my money back", "returns", "send a product back", "within 30 days" },
  { "The lamp is broken", "damaged", "offer a replacement", "at our expense" },
  { "How do I cancel?", "cancel", "how to cancel", "a link that cancels it" },
  { "Can I pay by invoice?", "payment", "List the payment methods", "card, PayPal or invoice" },
}

describe("without a tool", function()
  for _, case in ipairs(CASES) do
    local says, guideline, instruction, reply = table.unpack(case)
    it("answers: " .. says, function()
      local chat = test.conversation { agent = "support", matching = "words" }
      chat:customer(says)
      assert.matched(chat, guideline)
      assert.instructed(chat, instruction)
      assert.said(chat, reply)
    end)
  end
end)
