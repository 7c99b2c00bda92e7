--- Takes as long as it is told to: "sleep 0.5".
local parlant = require "parlant"

local nap = parlant.tool {
  name = "nap",
  description = "Waits for some seconds.",
  run = function(ctx)
    local seconds = tonumber(ctx.interaction.last_customer_message:match("[%d.]+")) or 0
    ctx:emit_status("processing", { stage = "Sleeping" })
    ctx.time:sleep(seconds)
    return parlant.result { data = seconds, canned_response_fields = { seconds = seconds } }
  end,
}

local agent = parlant.agent { name = "Morpheus", description = "Sleeps." }

agent:guideline {
  id = "sleep",
  matcher = function(ctx)
    return ctx.interaction.last_customer_message:find("sleep", 1, true) ~= nil
  end,
  tools = { nap },
  canned_responses = { "I slept {{seconds}} seconds." },
}

agent:guideline {
  id = "other",
  matcher = function(ctx)
    return ctx.interaction.last_customer_message:find("sleep", 1, true) == nil
  end,
  action = "Answer at once",
  canned_responses = { "I am awake." },
}

return agent
