local parlant = require "parlant"
local tools = require "counter.tools"

local agent = parlant.agent {
  name = "Spoke",
  description = "Runs a counter.",
  config = { { name = "planner_url", type = "string" }, { name = "limit", type = "integer", default = 3 } },
}

local prices = agent:guideline {
  id = "prices",
  condition = "The customer asks about prices",
  action = "Name the price",
  tools = { tools.price },
  canned_responses = { "It costs {{price}} euro." },
}

agent:guideline {
  id = "night",
  action = "Say that it is late",
  matcher = function(ctx)
    return ctx.time:local_hour("UTC") >= 20, "it is late"
  end,
}

agent:guideline {
  id = "broken",
  condition = "Something is odd",
  action = "Say so",
  on_selected = function() error("the odd thing happened") end,
}

local discount = agent:guideline {
  id = "discount",
  condition = "The customer asks for a discount",
  action = "Say that there is none",
}
prices:prioritize_over(discount)

agent:variable { name = "plan", description = "What the customer pays for." }:set_default "basic"

local vip = parlant.tag "vip"
local jane = parlant.customer { id = "jane", name = "Jane", tags = { vip } }

return { agent, jane }
