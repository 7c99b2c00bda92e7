local test = require "parlant.test"

local describe, it, assert = test.describe, test.it, test.assert

-- The journey up to the search, in one turn: what the customer says is of no matter here.
local function at_search(city)
  local chat = test.conversation { agent = "travel" }
  chat:activates "book_trip"
  chat:takes("book_trip", "check_name"):takes("book_trip", "END")
  chat:takes("book_trip", "ask_month"):takes("book_trip", "search")
  chat:calls("find_seats", { city = city, month = "May" })
  return chat
end

describe("a trip", function()
  it("begins in the nested journey", function()
    local chat = test.conversation { agent = "travel" }
    chat:activates "book_trip"
    chat:customer "A trip, please"
    assert.in_state(chat, "book_trip", "who")
    assert.in_state(chat, "identify", "ask_name")
    assert.instructed(chat, "Ask for the customer's name")
    assert.said(chat, "May I have your name?")
  end)

  it("goes on behind the nested journey when that has ended", function()
    local chat = test.conversation { agent = "travel" }
    chat:activates "book_trip"
    chat:takes("book_trip", "check_name")
    chat:customer "I am Ann"
    assert.in_state(chat, "identify", "check_name")
    chat:takes("book_trip", "END")
    chat:customer "Yes"
    assert.in_state(chat, "book_trip", "ask_city")
    assert.said(chat, "Where would you like to go")
  end)

  it("asks again while nothing holds", function()
    local chat = test.conversation { agent = "travel" }
    chat:activates "book_trip"
    chat:customer "A trip, please"
    chat:customer "What?"
    assert.in_state(chat, "identify", "ask_name")
    assert.said(chat, "May I have your name?")
  end)

  it("offers what the tool finds, in the same turn", function()
    local chat = at_search "Rome"
    chat:takes("book_trip", "offer")
    chat:customer "Rome in May"
    assert.called(chat, "find_seats", { city = "Rome", month = "May" })
    assert.in_state(chat, "book_trip", "offer")
    assert.said(chat, "Seat 12A to Rome in May is free.")
  end)

  it("takes the other way of the fork when there is none", function()
    local chat = at_search "Oslo"
    chat:takes("book_trip", "full")
    chat:customer "Oslo in May"
    assert.in_state(chat, "book_trip", "full")
    assert.not_called(chat, "reserve_seat")
  end)

  it("reserves with a yes, and says so", function()
    local chat = at_search "Paris"
    chat:takes("book_trip", "offer")
    chat:customer "Paris in May"
    chat:takes("book_trip", "reserve")
    chat:customer "Yes"
    assert.called(chat, "reserve_seat")
    assert.in_state(chat, "book_trip", "receipt")
    assert.said(chat, "Paris in May is booked, number T1.")
  end)

  it("ends with a no, and begins anew when it is asked for", function()
    local chat = at_search "Paris"
    chat:takes("book_trip", "offer")
    chat:customer "Paris in May"
    chat:takes("book_trip", "END")
    chat:customer "No"
    assert.ended(chat, "book_trip")
    chat:activates "book_trip"
    chat:customer "Another trip"
    assert.in_state(chat, "book_trip", "who")
  end)

  it("goes back to an answer that changes", function()
    local chat = at_search "Paris"
    chat:takes("book_trip", "offer")
    chat:customer "Paris in May"
    chat:takes("book_trip", "ask_city")
    chat:customer "I would rather go somewhere else"
    assert.in_state(chat, "book_trip", "ask_city")
  end)

  it("tries another city when the train is full", function()
    local chat = at_search "Oslo"
    chat:takes("book_trip", "full")
    chat:customer "Oslo in May"
    chat:takes("book_trip", "search"):takes("book_trip", "offer")
    chat:calls("find_seats", { city = "Rome", month = "May" })
    chat:customer "Rome then"
    assert.in_state(chat, "book_trip", "offer")
  end)

  it("has rules of its own, which count while it lasts", function()
    local chat = test.conversation { agent = "travel" }
    chat:matches "luggage"
    chat:customer "How much luggage may I take?"
    assert.not_matched(chat, "luggage")
    chat:activates "book_trip"
    chat:matches "luggage"
    chat:customer "How much luggage may I take?"
    assert.matched(chat, "luggage")
  end)

  it("waits for what a tool needs", function()
    local chat = test.conversation { agent = "travel", matching = "words" }
    chat:customer "I want to book a trip"
    chat:customer "Ann"
    chat:customer "Yes"
    chat:customer "To Rome"
    chat:customer "Next year"
    assert.in_state(chat, "book_trip", "search")
    assert.said(chat, "month (May, June, July)")
    chat:customer "May"
    assert.in_state(chat, "book_trip", "offer")
  end)
end)

describe("without a model", function()
  it("is talked through from the first word to the booking", function()
    local chat = test.conversation { agent = "travel", matching = "words" }
    local said = {
      { "I want to book a trip", "May I have your name?" },
      { "Ann", "Is that spelled correctly?" },
      { "No", "May I have your name?" },
      { "Anne", "Is that spelled correctly?" },
      { "Yes", "Where would you like to go" },
      { "Oslo", "In which month" },
      { "In May", "That train is full" },
      { "How much luggage may I take?", "Two suitcases are included." },
      { "Rome", "Seat 12A to Rome in May is free." },
      { "Yes please", "Rome in May is booked, number T1." },
    }
    for _, turn in ipairs(said) do
      chat:customer(turn[1])
      assert.said(chat, turn[2])
    end
    chat:customer "Thank you"
    assert.ended(chat, "book_trip")
  end)
end)
