local test = require "parlant.test"

local it, assert = test.it, test.assert

local TOOL = "teller:transfer_money"

it("money is sent once, although its tool is offered again after it was sent", function()
  local chat = test.conversation { agent = "teller" }
  chat:matches("send", "receipt")
  chat:calls(TOOL, { recipient = "Tom", amount = 20 })
  chat:customer "Send 20 to Tom"
  assert.called(chat, TOOL, { recipient = "Tom", amount = 20 })
  assert.said(chat, "Sent 20 to Tom; that makes 1.")
end)

it("money is sent again when the customer wants it again", function()
  local chat = test.conversation { agent = "teller" }
  for times = 1, 2 do
    chat:matches "send"
    chat:calls(TOOL, { recipient = "Tom", amount = 20 })
    chat:customer "Send 20 to Tom"
    assert.said(chat, "that makes " .. times .. ".")
  end
end)

it("recipient and amount are asked for together", function()
  local chat = test.conversation { agent = "teller" }
  chat:matches "send"
  chat:customer "I want to send money"
  assert.not_called(chat, TOOL)
  assert.said(chat, "Could you please tell me: recipient, amount?")
end)
