--- Greets: its one rule always applies, so a model only has to write.
local parlant = require "parlant"

local agent = parlant.agent { name = "Iris", description = "Greets everybody in one sentence." }

agent:guideline {
  id = "greet",
  matcher = parlant.match_always,
  action = "Greet the customer in one short sentence",
}

return agent
