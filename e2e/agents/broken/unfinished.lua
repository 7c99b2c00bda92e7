--- Stops in the middle.
local parlant = require "parlant"

return parlant.agent {
  name = "Unfinished"
