local test = require "parlant.test"

local describe, it, assert = test.describe, test.it, test.assert

describe("canned responses", function()
  it("say what a tool found, once it has run", function()
    local chat = test.conversation { agent = "strict" }
    chat:matches "strict-tell-balance"
    chat:customer "What is my balance?"
    assert.called(chat, "canned:get_balance")
    assert.said(chat, "Your account holds 100 right now.")
  end)

  it("are not said while a field has no value", function()
    local chat = test.conversation { agent = "strict" }
    chat:customer "Tell me about my current balance"
    assert.not_said(chat, "balance")
    chat:customer "How many points have I collected?"
    assert.not_said(chat, "points")
  end)

  it("read variables of the customer", function()
    local chat = test.conversation {
      agent = "strict",
      customer = { id = "ann", name = "Ann" },
      variables = { points = 7 },
    }
    chat:customer "How many points have I collected?"
    assert.said(chat, "You have collected 7 points.")
  end)

  it("with words of a model are never said without one", function()
    local chat = test.conversation { agent = "strict" }
    chat:customer "Are you sorry about it?"
    assert.not_said(chat, "sorry")
  end)

  it("leave it to the tool to say why it could not", function()
    local chat = test.conversation {
      agent = "strict",
      customer = { id = "fred", name = "Fred", metadata = { frozen = "yes" } },
    }
    chat:matches "strict-tell-balance"
    chat:customer "What is my balance?"
    assert.said(chat, "I could not do that: the account is frozen.")
  end)

  it("of a guideline are said while it applies", function()
    local chat = test.conversation { agent = "fluid" }
    chat:matches "complaint"
    chat:customer "I want to complain"
    assert.said(chat, "A person calls you back today.")
  end)

  it("of a journey's state are said while the journey is there", function()
    local chat = test.conversation { agent = "strict", matching = "words" }
    chat:customer "Hello there"
    assert.not_said(chat, "give it back")
    chat:customer "I want a refund"
    assert.said(chat, "Why do you want to give it back?")
    chat:customer "It is broken"
    assert.said(chat, "The money is on its way.")
  end)

  it("that are first words never are the answer", function()
    local chat = test.conversation { agent = "voice" }
    chat:customer "Let me see"
    assert.not_said(chat, "Let me see")
  end)
end)

describe("paragraphs", function()
  it("are messages of their own", function()
    local chat = test.conversation { agent = "fluid" }
    chat:replies "First.\n\nSecond."
    chat:customer "Hi"
    local messages = {}
    for _, event in ipairs(chat:events()) do
      if event.kind == "message" and event.source == "ai_agent" then
        table.insert(messages, event.data.message)
      end
    end
    assert.same({ "First.", "Second." }, messages)
  end)
end)
