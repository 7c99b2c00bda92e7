local test = require "parlant.test"
local tools = require "counter.tools"
local describe, it, assert = test.describe, test.it, test.assert

local function open(options)
  local chat = test.conversation { agent = "counter", now = options and options.now }
  chat.http:on("GET", "/prices/bell"):reply { json = { price = 7 } }
  return chat
end

describe("values", function()
  it("differ", function() assert.equal(1, 2) end)
  it("differ in tables", function() assert.same({ a = { 1, 2 } }, { a = { 1, 3 } }) end)
  it("are nil", function() assert.is_nil("x", "the name") end)
  it("do not match", function() assert.matches("^a", "bc") end)
  it("raise nothing", function() assert.has_error(function() end, "no") end)
  it("raise something else", function() assert.has_error(function() error("yes") end, "no") end)
  it("are not true", function() assert(false) end)
  it("are handles", function() assert.equal(tools.price, tools.nap) end)
end)

describe("a conversation", function()
  it("has another reply", function()
    local chat = open()
    chat:replies "Seven euro."
    chat:customer "How much?"
    assert.said(chat, "eight")
  end)
  it("said what it must not", function()
    local chat = open()
    chat:replies "Seven euro."
    chat:customer "How much?"
    assert.not_said(chat, "Seven")
  end)
  it("called nothing", function()
    local chat = open()
    chat:customer "How much?"
    assert.called(chat, tools.price)
  end)
  it("called with something else", function()
    local chat = open()
    chat:matches "prices"
    chat:calls(tools.price, { item = "bell" })
    chat:customer "How much?"
    assert.said(chat, "It costs 7 euro.")
    assert.called(chat, tools.price, { item = "bell" })
    assert.called(chat, "get_price", { item = "lamp" })
  end)
  it("called what it must not", function()
    local chat = open()
    chat:matches "prices"
    chat:calls(tools.price, { item = "bell" })
    chat:customer "How much?"
    assert.not_called(chat, tools.price)
  end)
  it("matched nothing", function()
    local chat = open()
    chat:customer "How much?"
    assert.matched(chat, "prices")
  end)
  it("matched what it must not", function()
    local chat = open { now = "2026-03-02T21:00:00Z" }
    chat:customer "How much?"
    assert.not_matched(chat, "night")
  end)
  it("was told something else", function()
    local chat = open()
    chat:matches "prices"
    chat:calls("get_price", { item = "bell" })
    chat:customer "How much?"
    assert.instructed(chat, "Name the price")
    assert.instructed(chat, "Haggle")
  end)
  it("has no turn yet", function() assert.said(open(), "x") end)
  it("reaches somebody unknown", function()
    open():call(tools.price, { item = "lamp" })
  end)
  it("breaks in a tool", function()
    local chat = test.conversation { agent = "counter" }
    chat.http:on("GET", "/prices/bell"):reply { status = 500 }
    chat:call(tools.price, { item = "bell" })
  end)
  it("breaks in a callback", function()
    local chat = open()
    chat:matches "broken"
    chat:customer "Odd"
  end)
end)

describe("misuse", function()
  it("of an agent", function() test.conversation { agent = "conter" } end)
  it("of an option", function() test.conversation { agent = "counter", custommer = "jane" } end)
  it("of a customer", function() test.conversation { agent = "counter", customer = "jan" } end)
  it("of a setting", function() test.conversation { agent = "counter", config = { limt = 1 } } end)
  it("of a guideline", function() open():matches "price" end)
  it("of a guideline that decides itself", function() open():matches "night" end)
  it("of a tool", function() open():call "get_prise" end)
  it("of words", function()
    local chat = test.conversation { agent = "counter", matching = "words" }
    chat:matches "prices"
  end)
  it("of a method", function() open():mathces "prices" end)
  it("of a dot", function() open().customer("x") end)
  it("of an assertion", function() assert.equals(1, 1) end)
  it("of a chat", function() assert.said("x", "y") end)
  it("of a reply", function() open().http:on("GET", "/x"):reply { statsu = 1 } end)
  it("of a route", function() open().http:on("/x") end)
  it("of a test in a test", function() it("x", function() end) end)
  it("of a variable", function()
    test.conversation { agent = "counter", customer = "jane", variables = { plam = "gold" } }
  end)
  it("of variables of the guest", function()
    test.conversation { agent = "counter", variables = { plan = "gold" } }
  end)
  it("of variables", function() test.conversation { agent = "counter", variables = "gold" } end)
end)

describe("relationships", function()
  it("left a guideline out", function()
    local chat = open()
    chat:matches("prices", "discount")
    chat:customer "What is the price, and is there a discount?"
    assert.matched(chat, "discount")
  end)
end)

test.live("a model", function() end)
