--- Books appointments, and asks for what is missing in the order in which a receptionist would.
local parlant = require "parlant"

local DOCTORS = { "Ann Lee", "Raj Patel" }

local schedule = parlant.tool {
  name = "schedule_appointment",
  description = "Books an appointment with a doctor.",
  parameters = {
    {
      name = "doctor_name",
      type = "string",
      display_name = "doctor",
      description = "Whom the patient wants to see.",
      source = "customer",
      precedence = 1,
      choices = function() return DOCTORS end,
    },
    {
      name = "day",
      type = "date",
      significance = "Each day has other free hours.",
      source = "customer",
      precedence = 2,
      validate = function(_, day)
        if day:match "%-01$" then return false, "we are closed on the first of each month" end
        return true
      end,
    },
    {
      name = "minutes",
      type = "integer",
      minimum = 10,
      maximum = 60,
      examples = { 20 },
      precedence = 2,
    },
    { name = "kind", type = "string", choices = { "regular", "urgent" }, default = "regular" },
    { name = "file_number", type = "string", required = false, hidden = true },
  },
  run = function(_, args)
    return parlant.result {
      data = { doctor = args.doctor_name, day = args.day, kind = args.kind },
      canned_response_fields = { doctor = args.doctor_name, day = args.day },
    }
  end,
}

--- It needs something that only the context can give, and something that nobody is told of.
local release = parlant.tool {
  name = "release_file",
  description = "Sends the patient's file to a hospital.",
  parameters = {
    { name = "branch", type = "string", source = "context", precedence = 1 },
    { name = "seal", type = "string", hidden = true, precedence = 2 },
    { name = "hospital", type = "string", precedence = 3 },
  },
  run = function() return "released" end,
}

local agent = parlant.agent { name = "Rita", description = "Receptionist of a small clinic." }

agent:guideline {
  id = "appointment",
  condition = "The patient wants an appointment",
  examples = { "I want an appointment" },
  action = "Confirm the appointment with doctor and day",
  tools = { schedule },
  canned_responses = { "See you on {{day}} at {{doctor}}'s." },
}

agent:guideline {
  id = "release",
  condition = "The patient wants the file sent to a hospital",
  action = "Confirm where the file went",
  tools = { release },
}

return agent
