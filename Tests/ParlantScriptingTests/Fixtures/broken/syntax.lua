local parlant = require "parlant"
local agent = parlant.agent {
  name = "Spoke"
  description = "A comma is missing.",
}
return agent
