local test = require "parlant.test"
local tools = require "bank.tools"
local transfer = require "bank.journeys.transfer"

local describe, it, assert = test.describe, test.it, test.assert

describe("the transfer journey", function()
  local chat

  test.before_each(function()
    chat = test.conversation { agent = "bank", customer = "jane" }
    chat.http:on("GET", "/faq"):reply { json = {} }
    chat:activates(transfer)
  end)

  it("asks before it sends money", function()
    chat:customer "Send 20 euro to Tom"
    assert.in_state(chat, transfer, "ask_recipient")
    assert.not_called(chat, "transfer_funds")
  end)

  -- The customer has said everything and is asked for a yes.
  local function at_confirmation(answer)
    chat:takes(transfer, "ask_amount"):takes(transfer, "confirm")
    chat:customer "Send 20 euro to Tom"
    assert.in_state(chat, transfer, "confirm")
    chat.http:on("POST", "/transfers"):reply(answer)
    chat:calls(tools.transfer, { recipient = "Tom", amount = 20 })
  end

  it("gives a receipt when the customer says yes", function()
    at_confirmation { status = 201, json = { id = "t1" } }
    chat:takes(transfer, "send"):takes(transfer, "receipt")
    chat:customer "Yes"
    assert.called(chat, tools.transfer, { recipient = "Tom", amount = 20 })
    assert.in_state(chat, transfer, "receipt")
    assert.said(chat, "20 EUR is on its way to Tom.")
  end)

  it("apologises when the transfer failed", function()
    at_confirmation { status = 402 }
    chat:takes(transfer, "send"):takes(transfer, "apologise")
    chat:customer "Yes"
    assert.in_state(chat, transfer, "apologise")
    assert.instructed(chat, "Apologise, give the reason")
  end)

  it("goes back when something is wrong, and ends with a no", function()
    chat:takes(transfer, "ask_amount"):takes(transfer, "confirm"):takes(transfer, "ask_recipient")
    chat:customer "To Ann, please"
    assert.in_state(chat, transfer, "ask_recipient")
    chat:takes(transfer, "ask_amount"):takes(transfer, "confirm"):takes(transfer, "END")
    chat:customer "No"
    assert.ended(chat, transfer)
  end)

  it("is talked through without a model", function()
    chat = test.conversation { agent = "bank", customer = "jane", matching = "words" }
    chat.http:on("GET", "/faq"):reply { json = {} }
    chat.http:on("POST", "/transfers"):reply { status = 201, json = { id = "t1" } }
    chat:customer "Send 20 euro to Tom"
    assert.said(chat, "Who should receive the money?")
    chat:customer "Tom"
    assert.said(chat, "How much shall I send?")
    chat:customer "20 euro"
    assert.said(chat, "Please say yes or no.")
    chat:customer "Yes"
    assert.said(chat, "20 EUR is on its way to Tom.")
    assert.in_state(chat, transfer, "receipt")
  end)
end)
