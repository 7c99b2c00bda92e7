local parlant = require "parlant"

local free_days = parlant.tool {
  name = "list_free_days",
  descripton = "Lists the free days.",
  parameters = {
    { name = "weeks", type = "integr" },
  },
  run = function() return {} end,
}

local agent = parlant.agent { name = "Counter", descripton = "Brief.", composition_mode = "fluidd" }

agent:guideline {
  id = "brakes",
  condition = "The brakes do not work",
  action = "Tell the customer not to ride",
  criticality = "hihg",
  tool = { free_days },
}

agent:guideline {
  id = "offer",
  condition = "The customer needs a repair",
  action = "Name the free days",
  tools = { "list_free_days" },
}

agent:guideline { id = "brakes", condition = "The brakes squeak", action = "Offer a check", tools = {} }

agent:observation { id = "angry", condition = "The customer is angry", action = "Calm down" }

agent:create_guideline { condition = "x", action = "y" }

agent:journey { title = "Book a repair" }

agent:canned_response { template = "Hello {{name" }

return agent
