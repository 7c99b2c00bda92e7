local parlant = require "parlant"
local list_free_days = "x"
limit = list_free_dayz
return parlant
