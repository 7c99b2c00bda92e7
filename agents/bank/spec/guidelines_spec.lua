local test = require "parlant.test"
local tools = require "bank.tools"

local describe, it, assert = test.describe, test.it, test.assert

local DAY, NIGHT = "2026-03-02T11:00:00Z", "2026-03-02T22:00:00Z"

-- What the customer says decides, as in service without a model.
local function open(now)
  local chat = test.conversation {
    agent = "bank",
    customer = "jane",
    now = now or DAY,
    matching = "words",
  }
  chat.http:on("GET", "/faq"):reply { json = {} }
  return chat
end

describe("the balance", function()
  it("is given for the account that is asked for", function()
    local chat = open()
    chat:customer "What is my balance?"
    assert.matched(chat, "show_balance")
    assert.instructed(chat, "Give the balance, then stop")
    assert.called(chat, tools.check_balance)
    assert.said(chat, "Your balance is 12500 EUR.")
  end)

  it("is not given for an account that is not there", function()
    local chat = test.conversation { agent = "bank" }
    local result, reason = chat:call(tools.check_balance, { account = "savings" })
    assert.is_nil(result)
    assert.equal("there is no savings account under your name", reason)
  end)
end)

describe("savings", function()
  it("are mentioned to those who ask for them", function()
    local chat = open()
    chat:customer "Do I get interest?"
    assert.matched(chat, "offer_savings")
    assert.instructed(chat, "Mention the savings account once")
    assert.said(chat, "pays 2 % a year")
  end)

  it("are not mentioned to others", function()
    local chat = open()
    chat:customer "What is my balance?"
    assert.not_matched(chat, "offer_savings")
  end)
end)

describe("upset customers", function()
  it("are handed over to a human, who is not interrupted", function()
    local chat = open()
    chat:customer "This is ridiculous, let me talk to a human"
    assert.matched(chat, "calm_upset_customer")
    assert.instructed(chat, "Apologise briefly")
    assert.called(chat, tools.human_handoff)
    assert.said(chat, "I am sorry. A colleague takes over right here.")

    chat:customer "What is my balance?"
    assert.not_said(chat, "balance")
  end)
end)

describe("a lost card", function()
  it("is an emergency at any hour", function()
    for _, now in ipairs { DAY, NIGHT } do
      local chat = open(now)
      chat:customer "I lost my card"
      assert.matched(chat, "lost_card")
      assert.instructed(chat, "emergency line")
      assert.said(chat, "Call 116 116 at once")
    end
  end)
end)

describe("a callback", function()
  it("is offered when somebody asks for a phone call", function()
    local chat = open(NIGHT)
    chat:customer "Can you call me?"
    assert.matched(chat, "callback")
    assert.instructed(chat, "Offer a callback")
    assert.said(chat, "We call you tomorrow at 9:00.")
  end)
end)

describe("the observations", function()
  it("know when the branch is closed", function()
    for now, is_late in pairs { [DAY] = false, [NIGHT] = true, ["2026-03-02T05:00:00Z"] = true } do
      local chat = open(now)
      chat:customer "Hello"
      local check = is_late and assert.matched or assert.not_matched
      check(chat, "after_hours")
    end
  end)

  it("see an amount without a purpose", function()
    local chat = open()
    chat:customer "Without saying what to do with it, I name an amount: 20 euro"
    assert.matched(chat, "unclear_amount")
    assert.instructed(chat, "Ask the customer which of these they mean")
    assert.not_matched(chat, "show_balance")
  end)
end)

describe("a transfer", function()
  local function pay(chat, amount)
    return chat:call(tools.transfer, { recipient = "Tom", amount = amount })
  end

  it("goes to the core with today's date and the key", function()
    local chat = open()
    chat.http:on("POST", "/transfers"):reply { status = 201, json = { id = "t1" } }

    local result = pay(chat, 20)

    local request = chat.http:requests()[1]
    assert.same({ to = "Tom", amount = 20, on = "2026-03-02" }, request.json)
    assert.equal("Bearer demo", request.headers.authorization)
    assert.same({ id = "t1" }, result.data)
  end)

  it("is made once a minute at most", function()
    local chat = open()
    chat.http:on("POST", "/transfers"):reply { status = 201, json = {} }
    pay(chat, 20)
    local _, reason = pay(chat, 20)
    assert.matches("less than a minute ago", reason)
    chat:advance(61)
    assert.is_not_nil((pay(chat, 20)))
  end)

  it("says why it failed", function()
    local chat = open()
    chat.http:on("POST", "/transfers"):reply { status = 402 }
    local result = pay(chat, 20)
    assert.same({ transferred = false, reason = "insufficient funds" }, result.data)
    assert.equal("response", result.control.lifespan)
    assert.equal("Offer to send a smaller amount", result.guidelines[1].action)
  end)

  it("is refused above the limit, before the tool runs", function()
    local chat = open()
    local result, reason = pay(chat, 9000)
    assert.is_nil(result)
    assert.matches("amount: 9000 is above the maximum of 5000", reason)
    assert.same({}, chat.http:requests())
  end)

  it("goes to saved recipients only", function()
    local chat = open()
    local result = chat:call(tools.transfer, { recipient = "Eve", amount = 20 })
    assert.is_nil(result)
  end)
end)

describe("the plan", function()
  it("comes from the customer's record", function()
    assert.equal("gold", open():call(tools.subscription_plan).data)
  end)
end)
