--- Wrong in several places.
local parlant = require "parlant"

parlant.tool {
  name = "list_free_days",
  descripton = "Lists the free days.",
  parameters = { { name = "weeks", type = "integr" } },
  run = function() return {} end,
}

local agent = parlant.agent { name = "Counter", description = "Brief and practical." }

agent:guideline {
  condition = "The brakes do not work",
  action = "Tell the customer not to ride",
  criticality = "hihg",
}

agent:guideline {
  condition = "The customer needs a repair",
  action = "Name the free days",
  tools = { "list_free_days" },
}

return { agent }
