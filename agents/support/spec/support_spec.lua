local test = require "parlant.test"
local tools = require "support.tools"

local describe, it, assert = test.describe, test.it, test.assert

describe("orders", function()
  it("says how far an order has come", function()
    local chat = test.conversation { agent = "support", matching = "words" }
    chat.http:on("GET", "/orders/1001"):reply { json = { status = "on its way" } }

    chat:customer "Where is my order 1001?"

    assert.instructed(chat, "how far the order has come")
    assert.said(chat, "Order 1001 is on its way.")
  end)

  it("asks for the number that is missing", function()
    local chat = test.conversation { agent = "support", matching = "words" }

    chat:customer "Where is my order?"

    assert.said(chat, "What is your order number?")
    assert.not_called(chat, tools.order_status)
  end)

  it("tells an unknown order from a service that is down", function()
    local chat = test.conversation { agent = "support" }
    chat.http:on("GET", "/orders/1"):reply { status = 404 }
    chat.http:on("GET", "/orders/2"):reply { fail = "refused" }
    chat.http:on("GET", "/orders/3"):reply { delay = 60 }

    local unknown = chat:call(tools.order_status, { order_id = "1" })
    local _, refused = chat:call(tools.order_status, { order_id = "2" })
    local _, late = chat:call(tools.order_status, { order_id = "3" })

    assert.same({ found = false }, unknown.data)
    assert.equal("response", unknown.control.lifespan)
    assert.matches("does not answer", refused)
    assert.equal(refused, late)
  end)

  it("refuses a number that would lead elsewhere", function()
    local chat = test.conversation { agent = "support" }

    local result, reason = chat:call(tools.order_status, { order_id = "../admin" })

    assert.is_nil(result)
    assert.matches("an order number looks like 1001", reason)
    assert.same({}, chat.http:requests())
  end)
end)

describe("customers", function()
  it("are told their location by the plugin's tool", function()
    local chat = test.conversation { agent = "support", customer = "alice", matching = "words" }

    chat:customer "Where do I live?"

    assert.called(chat, "get_customer_location")
    assert.instructed(chat, "Name the location")
    assert.said(chat, "Your location on file: USA.")
  end)

  it("get express delivery for nothing when they are VIPs", function()
    local chat = test.conversation { agent = "support", customer = "alice" }
    chat:customer "How long does delivery take?"
    assert.matched(chat, "vip_delivery")
    assert.instructed(chat, "express delivery is free")
    assert.said(chat, "For you, Alice, express delivery is free")

    local guest = test.conversation { agent = "support" }
    guest:customer "How long does delivery take?"
    assert.not_matched(guest, "vip_delivery")
  end)

  it("are handed over to a human, and then the agent is silent", function()
    local chat = test.conversation { agent = "support", matching = "words" }

    chat:customer "Let me speak to a real person"
    assert.called(chat, tools.hand_over)
    assert.instructed(chat, "a colleague takes over")
    assert.said(chat, "I am bringing in a colleague.")

    chat:customer "What is your return policy?"
    assert.not_said(chat, "return")
  end)
end)
