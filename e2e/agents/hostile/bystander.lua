--- Answers everything at once; shows what others feel of an attack.
local parlant = require "parlant"

local agent = parlant.agent { name = "Bob", description = "Answers." }

agent:guideline {
  matcher = parlant.match_always,
  action = "Say that you are here",
  canned_responses = { "I am here." },
}

return agent
