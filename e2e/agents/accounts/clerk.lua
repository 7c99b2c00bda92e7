--- Says who the customer is, at once or, for "slow", after a while.
local parlant = require "parlant"

local identify = parlant.tool {
  name = "identify",
  description = "Finds out who is speaking.",
  run = function(ctx)
    if ctx.interaction.last_customer_message:find("slow", 1, true) then
      ctx:emit_status("processing", { stage = "Looking" })
      ctx.time:sleep(1.5)
    end
    return parlant.result {
      data = ctx.customer.name,
      canned_response_fields = { name = ctx.customer.name },
    }
  end,
}

local agent = parlant.agent { name = "Clerk", description = "Knows who is who." }

agent:guideline {
  id = "identify",
  matcher = parlant.match_always,
  tools = { identify },
  canned_responses = { "You are {{name}}." },
}

return agent
