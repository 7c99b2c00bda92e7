local parlant = require "parlant"

local free_days = parlant.tool {
  name = "list_free_days",
  descripton = "Lists the free days.",
  parameters = { { name = "weeks", type = "integr" } },
  run = function(ctx) return ctx.kv.agent:get("days") end,
}

local agent = parlant.agent { name = "Counter", description = "Brief and practical." }

local brakes = agent:guideline {
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

brakes:prioritize_over("offer")

agent:journey {
  id = "book",
  title = "Book a repair",
  description = "Finds a drop-off day.",
  triggers = { "The customer has a bicycle that needs work" },
  start = "ask",
  states = {
    ask = { chat = "Ask what is wrong", next = { { condition = "The customer says it", to = "confrim" } } },
    confirm = { chat = "Read back the day", tool = free_days },
    leftover = { chat = "Say goodbye" },
  },
}

agent:on("message_generatd", function() end)

return agent
