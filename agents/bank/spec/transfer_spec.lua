local test = require "parlant.test"
local transfer = require "bank.journeys.transfer"

local describe, it, assert = test.describe, test.it, test.assert

describe("the transfer journey", function()
  local chat

  test.before_each(function()
    chat = test.conversation { agent = "bank", customer = "jane" }
    chat:activates(transfer)
  end)

  it("asks before it sends money", function()
    chat:customer "Send 20 euro to Tom"
    assert.in_state(chat, transfer, "ask_recipient")
    assert.not_called(chat, "transfer_funds")
  end)

  it("gives a receipt when the customer says yes", function()
    chat:takes(transfer, "ask_amount"):takes(transfer, "confirm"):takes(transfer, "send")
    chat:takes(transfer, "receipt")
    chat:customer "Yes"
    assert.in_state(chat, transfer, "receipt")
  end)

  it("apologises when the transfer failed", function()
    chat:takes(transfer, "ask_amount"):takes(transfer, "confirm"):takes(transfer, "send")
    chat:takes(transfer, "apologise")
    chat:customer "Yes"
    assert.in_state(chat, transfer, "apologise")
  end)

  it("goes back when something is wrong, and ends with a no", function()
    chat:takes(transfer, "ask_amount"):takes(transfer, "confirm"):takes(transfer, "ask_recipient")
    chat:customer "To Ann, please"
    assert.in_state(chat, transfer, "ask_recipient")
    chat:takes(transfer, "ask_amount"):takes(transfer, "confirm"):takes(transfer, "END")
    chat:customer "No"
    assert.ended(chat, transfer)
  end)
end)
