local test = require "parlant.test"

local describe, it, assert = test.describe, test.it, test.assert

local function open(options)
  options = options or {}
  options.agent = "studio"
  options.now = options.now or "2026-03-02T09:10:00Z"
  local chat = test.conversation(options)
  chat.http
    :on("GET", "http://books.test/lessons")
    :reply({ json = { left = 5 } })
    :reply { json = { left = 1 } }
  return chat
end

local function readings(chat)
  local count = 0
  for _, request in ipairs(chat.http:requests()) do
    if request.url:find "/lessons" then
      count = count + 1
    end
  end
  return count
end

describe("a variable", function()
  local function price(customer)
    local chat = open { customer = customer }
    chat:matches "price"
    chat:customer "What is a lesson?"
    return chat
  end

  it("has one value for everybody", function()
    assert.said(price(), "20 euro")
  end)

  it("has another for those with a tag", function()
    assert.said(price { name = "Tom", tags = { "trainer" } }, "10 euro")
  end)

  it("has one of its own for a customer, before that of a tag", function()
    assert.said(price "ivy", "A lesson is 0 euro")
  end)

  it("is set by a function, for this customer from the next turn on", function()
    local chat = open { customer = "ivy" }
    chat:matches "remember_price"
    chat:customer "I have won!"
    chat:matches "price"
    chat:customer "What is a lesson now?"
    assert.said(chat, "5 euro")
  end)
end)

describe("a variable that a tool feeds", function()
  it("is fetched once, and again when its rule has come true", function()
    local chat = open { customer = { name = "Tom" } }
    chat:customer "Hello"
    chat:customer "Are you there?"
    assert.equal(1, readings(chat))
    assert.not_matched(chat, "nearly_done")

    chat:advance(3600)
    chat:customer "Still there?"
    assert.equal(2, readings(chat))
    assert.matched(chat, "nearly_done")
  end)

  it("keeps its value over the hour when nobody talks", function()
    local chat = open { customer = { name = "Tom" } }
    chat:customer "Hello"
    chat:advance(7200)
    assert.equal(1, readings(chat))
  end)

  it("of the guest is fetched in every turn", function()
    local chat = open()
    chat:customer "Hello"
    chat:customer "Hello again"
    assert.equal(2, readings(chat))
  end)
end)

describe("re-evaluation", function()
  local function ask(free, ...)
    local chat = open()
    chat.http:on("GET", "http://books.test/seats"):reply { json = { free = free } }
    chat:matches("book", ...)
    chat:customer "Is there a place in the course?"
    assert.called(chat, "find_seat")
    return chat
  end

  it("finds out from a tool's result what else applies, and runs its tools", function()
    local chat = ask(0)
    assert.matched(chat, "full")
    assert.called(chat, "waitlist")
    assert.instructed(chat, "on the waiting list")
    assert.not_matched(chat, "hurry")
  end)

  it("changes nothing when the result does not", function()
    local chat = ask(12)
    assert.not_matched(chat, "full")
    assert.not_matched(chat, "hurry")
    assert.not_called(chat, "waitlist")
  end)

  it("decides between guidelines by what the tool said", function()
    local chat = ask(2)
    assert.matched(chat, "hurry")
    assert.not_matched(chat, "full")
  end)

  it("brings along what depends on what it found", function()
    assert.matched(ask(0, "other_course"), "other_course")
    assert.not_matched(ask(12, "other_course"), "other_course")
  end)

  it("is for those that ask for it", function()
    assert.not_matched(ask(0), "never_again")
  end)
end)

describe("a flagged message", function()
  local text = "Your raffle is a fraud, you crooks"

  it("reaches no function, and is answered", function()
    local chat = open()
    chat:customer(text, { flagged = { "harassment" } })
    assert.not_matched(chat, "echo")
    assert.matched(chat, "rude")
    assert.said(chat, "in another way")
  end)

  it("stays in its event, with what was found", function()
    local chat = open()
    chat:customer(text, { flagged = { "harassment", "hate" } })
    local event = chat:events()[1]
    assert.equal(text, event.text)
    assert.is_true(event.data.flagged)
    assert.same({ "harassment", "hate" }, event.data.tags)
  end)

  it("is one message: the next one is read as always", function()
    local chat = open()
    chat:customer(text, { flagged = { "harassment" } })
    chat:customer "Sorry. When is the raffle?"
    assert.matched(chat, "echo")
    assert.not_matched(chat, "rude")
  end)

  it("without options was not flagged", function()
    local chat = open()
    chat:customer(text)
    assert.matched(chat, "echo")
  end)

  it("needs to be told with names", function()
    local chat = open()
    assert.has_error(function()
      chat:customer(text, { flagged = true })
    end)
  end)
end)
