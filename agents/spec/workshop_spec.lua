local test = require "parlant.test"

local describe, it, assert = test.describe, test.it, test.assert

describe("the workshop's counter", function()
  it("says when it is open, in its own words", function()
    local chat = test.conversation { agent = "workshop", matching = "words" }

    chat:customer "What are your opening hours?"

    assert.said(chat, "from 8 to 18, Tuesday to Saturday")
  end)

  it("says nothing about opening hours to other questions", function()
    local chat = test.conversation { agent = "workshop", matching = "words" }

    chat:customer "Do you sell helmets?"

    assert.not_said(chat, "Tuesday")
  end)
end)
