local test = require "parlant.test"

local describe, it, assert = test.describe, test.it, test.assert

-- A turn in which these conditions hold.
local function turn(...)
  local chat = test.conversation { agent = "pizza" }
  chat:matches(...)
  chat:customer "…"
  return chat
end

local function applies(chat, ...)
  for _, guideline in ipairs { ... } do
    assert.matched(chat, guideline)
  end
end

local function rests(chat, ...)
  for _, guideline in ipairs { ... } do
    assert.not_matched(chat, guideline)
  end
end

describe("a priority", function()
  it("leaves others alone while its guideline does not apply", function()
    local chat = turn("other_cola", "dessert", "newsletter")
    applies(chat, "other_cola", "dessert", "newsletter")
  end)

  it("keeps an upset customer from hearing offers", function()
    local chat = turn("upset", "other_cola")
    applies(chat, "upset")
    rests(chat, "other_cola")
    assert.instructed(chat, "the manager takes over")
    assert.not_instructed(chat, "Offer the cola")
    assert.called(chat, "call_manager")
  end)

  it("over a tag is one over all that have it", function()
    local chat = turn("upset", "dessert", "newsletter")
    applies(chat, "upset")
    rests(chat, "dessert", "newsletter")
  end)

  it("takes along what depends on the one that gives way", function()
    applies(turn("other_cola", "praise"), "other_cola", "praise")
    rests(turn("upset", "other_cola", "praise"), "other_cola", "praise")
  end)
end)

describe("a dependency", function()
  it("holds a guideline back until the fact is there", function()
    rests(turn "wine", "wine")
    applies(turn("wine", "of_age"), "wine", "of_age")
  end)

  it("on any of several things needs one of them", function()
    rests(turn "deliver", "deliver")
    applies(turn("deliver", "pays_cash"), "deliver")
    applies(turn("deliver", "pays_card"), "deliver")
  end)

  it("on all of a tag needs everything that has it", function()
    rests(turn("bake", "size_known"), "bake")
    applies(turn("bake", "size_known", "toppings_known"), "bake")
  end)

  it("on any of a tag needs one thing that has it", function()
    rests(turn "hurry", "hurry")
    applies(turn("hurry", "toppings_known"), "hurry")
  end)
end)

describe("an entailment", function()
  it("brings what was not matched, and what that brings", function()
    applies(turn "vegan", "vegan", "cheese", "allergens")
  end)

  it("goes one way", function()
    local chat = turn "cheese"
    applies(chat, "cheese", "allergens")
    rests(chat, "vegan")
  end)
end)

describe("the highest priority", function()
  it("is the only one that counts", function()
    local chat = turn("emergency", "dessert", "of_age", "other_cola")
    applies(chat, "emergency")
    rests(chat, "dessert", "of_age", "other_cola")
  end)
end)

describe("an order that is to be changed", function()
  it("is changed as the customer says", function()
    for _, way in ipairs { "resize", "replace", "cancel" } do
      applies(turn(way), way)
    end
  end)

  it("makes the agent ask when it is not clear how", function()
    local chat = turn("change", "cancel")
    assert.instructed(chat, "Ask the customer which of these they mean")
    assert.instructed(chat, "“The customer wants another size”")
    assert.not_instructed(chat, "Cancel the order")
    rests(chat, "resize", "replace", "cancel")
  end)
end)

describe("a journey", function()
  local function ordering()
    local chat = test.conversation { agent = "pizza" }
    chat:activates "order"
    chat:customer "A pizza, please"
    assert.in_state(chat, "order", "size")
    return chat
  end

  it("holds up what depends on it", function()
    rests(turn "tip", "tip")
    local chat = ordering()
    chat:matches "tip"
    chat:customer "You are funny"
    applies(chat, "tip")
  end)

  it("rests while something goes before it, and goes on where it was", function()
    local chat = ordering()
    chat:matches "upset"
    chat:customer "This takes for ever"
    assert.not_instructed(chat, "Ask for the size")
    assert.in_state(chat, "order", "size")
  end)

  it("goes before another journey", function()
    local chat = ordering()
    chat:activates "complaint"
    chat:customer "The last one was cold"
    assert.instructed(chat, "Ask what went wrong")
    assert.not_instructed(chat, "Ask for the size")
  end)

  it("goes its way when nothing is in the way", function()
    local chat = ordering()
    chat:takes("order", "toppings")
    chat:customer "A large one"
    assert.instructed(chat, "Ask for the toppings")
  end)
end)
