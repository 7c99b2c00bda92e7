local parlant = require "parlant"

local M = {}

M.price = parlant.tool {
  name = "get_price",
  description = "Returns a price.",
  parameters = { { name = "item", type = "string", choices = { "bell", "lamp" } } },
  run = function(ctx, args)
    local reply, err = ctx.http:get(ctx.config.planner_url .. "/prices/" .. args.item, { timeout = 5 })
    if not reply then
      return nil, "no price: " .. err
    end
    if reply.status == 500 then
      error("the planner broke")
    end
    return parlant.result { data = reply:json(), canned_response_fields = { price = reply:json().price } }
  end,
}

M.nap = parlant.tool {
  name = "nap",
  description = "Waits.",
  run = function(ctx, _)
    local before = ctx.time:now()
    ctx.time:sleep(20)
    return ctx.time:now() - before
  end,
}

return M
