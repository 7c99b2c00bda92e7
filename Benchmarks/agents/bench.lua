--- The agent that the benchmarks talk to: one quick tool, one that sleeps.
local parlant = require "parlant"

local look_up = parlant.tool {
  name = "look_up",
  description = "Says how many pieces are left in stock.",
  parameters = {
    { name = "item", type = "string", required = false },
  },
  run = function(ctx, args)
    return { answer = ctx.customer.name .. ": seven left", item = args.item }
  end,
}

local nap = parlant.tool {
  name = "nap",
  description = "Sleeps for ten seconds.",
  run = function(ctx)
    ctx.time:sleep(10)
    return { awake = true }
  end,
}

local agent = parlant.agent {
  id = "bench",
  name = "Bench",
  description = "Answers at once, unless it is asked to sleep.",
  composition_mode = "strict",
}

agent:guideline {
  id = "stock",
  condition = "The customer asks about the stock",
  action = "Say how many are left",
  tools = { look_up },
  canned_responses = { "There are seven left." },
}

agent:guideline {
  condition = "The customer tells the agent to sleep",
  action = "Sleep, then say so",
  tools = { nap },
  canned_responses = { "I slept well." },
}

return agent
