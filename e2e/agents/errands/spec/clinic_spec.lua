local test = require "parlant.test"

local describe, it, assert = test.describe, test.it, test.assert

local TOOL = "clinic:schedule_appointment"

local function open()
  local chat = test.conversation { agent = "clinic", now = "2026-03-02T09:00:00Z" }
  chat:matches "appointment"
  return chat
end

describe("what is missing", function()
  it("is asked for by precedence, with the choices, equal ones together", function()
    local chat = open()
    chat:customer "I want an appointment"
    assert.not_called(chat, TOOL)
    assert.said(chat, "Could you please tell me: doctor (Ann Lee, Raj Patel)?")

    chat:matches "appointment"
    chat:calls(TOOL, { doctor_name = "Ann Lee" })
    chat:customer "Ann Lee"
    assert.said(chat, "Could you please tell me: day, minutes?")

    chat:matches "appointment"
    chat:calls(TOOL, { doctor_name = "Ann Lee", day = "2026-03-05", minutes = 20 })
    chat:customer "This Thursday, 20 minutes"
    assert.called(chat, TOOL, { doctor_name = "Ann Lee", day = "2026-03-05", minutes = 20 })
    assert.said(chat, "See you on 2026-03-05 at Ann Lee's.")
  end)

  it("is never asked for when it is hidden, or when only the context can give it", function()
    local chat = test.conversation { agent = "clinic" }
    chat:matches "release"
    chat:customer "Send my file to a hospital"
    assert.not_called(chat, "clinic:release_file")
    assert.said(chat, "Could you please tell me: hospital?")
    assert.not_said(chat, "seal")
    assert.not_said(chat, "branch")
  end)

  it("is filled in where there is a default", function()
    local result = test.conversation({ agent = "clinic" })
      :call(TOOL, { doctor_name = "Raj Patel", day = "2026-03-05", minutes = 20 })
    assert.equal("regular", result.data.kind)
  end)
end)

describe("what cannot be used", function()
  local function call(arguments)
    local chat = open()
    chat:calls(TOOL, arguments)
    chat:customer "I want an appointment"
    assert.not_called(chat, TOOL)
    return chat
  end

  it("is none of the choices, which are named", function()
    local chat = call { doctor_name = "Nobody", day = "2026-03-05", minutes = 20 }
    assert.said(chat, "doctor: \"Nobody\" is not one of \"Ann Lee\", \"Raj Patel\"")
  end)

  it("is beyond a limit", function()
    local chat = call { doctor_name = "Ann Lee", day = "2026-03-05", minutes = 600 }
    assert.said(chat, "minutes: 600 is above the maximum of 60")
  end)

  it("is said before what comes later is missing", function()
    local chat = call { doctor_name = "Nobody" }
    assert.not_said(chat, "minutes")
  end)

  it("is refused in the author's own words", function()
    local chat = open()
    chat:calls(TOOL, { doctor_name = "Ann Lee", day = "2026-04-01", minutes = 20 })
    chat:customer "An appointment on the first of April"
    assert.said(chat, "we are closed on the first of each month")
  end)
end)
