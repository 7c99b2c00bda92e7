--- 1,000 turns, each with a tool call and a canned response, for what a test of an agent costs.
local test = require "parlant.test"

local it, assert = test.it, test.assert

local CONVERSATIONS, TURNS = 50, 20

for number = 1, CONVERSATIONS do
  it("answers in conversation " .. number, function()
    local chat = test.conversation { agent = "bench", customer = { name = "Jane Doe" } }
    for _ = 1, TURNS do
      chat:matches "stock"
      chat:customer "How many chains are in stock?"
      assert.called(chat, "look_up")
      assert.said(chat, "seven")
    end
  end)
end
