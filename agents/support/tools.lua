--- What the support agent can do: the only file that touches the outside world.
local parlant = require "parlant"

local M = {}

M.order_status = parlant.tool {
  name = "get_order_status",
  description = "Returns how far an order of the shop has come.",
  parameters = {
    {
      name = "order_id",
      type = "string",
      display_name = "order number",
      description = "The number on the order confirmation.",
      examples = { "1001", "A-113" },
      -- It becomes part of a URL, so it may only have what order numbers have.
      validate = function(_, value)
        local is_plain = value:find("^[%w-]+$") ~= nil
        return is_plain, "an order number looks like 1001 or A-113"
      end,
    },
  },
  run = function(ctx, args)
    local url = ctx.config.orders_url .. "/orders/" .. args.order_id
    local reply, err = ctx.http:get(url, { timeout = 5 })
    if not reply then
      -- The log gets the cause; the reason is a sentence that customers may read.
      ctx.log:warn("orders cannot be reached", { error = tostring(err) })
      return nil, "our order system does not answer, please try again in a few minutes"
    end
    if reply.status == 404 then
      return parlant.result {
        data = { found = false },
        control = { lifespan = "response" },
        canned_response_fields = { order_id = args.order_id },
        canned_responses = {
          "I cannot find an order {{order_id}}. Could you check the number on your confirmation?",
        },
      }
    end
    local order = reply.status == 200 and reply:json()
    if not order then
      ctx.log:warn("orders cannot be read", { status = reply.status })
      return nil, "our order system has a problem, please try again in a few minutes"
    end
    return parlant.result {
      data = order,
      canned_response_fields = { order_id = args.order_id, status = order.status },
    }
  end,
}

M.hand_over = parlant.tool {
  name = "hand_over_to_human",
  description = "Hands the conversation to a colleague and stops automatic replies.",
  run = function(ctx)
    -- Colleagues find the session by its label.
    ctx.session:add_label("handoff")
    ctx.log:info("handed over to a human", { customer = ctx.customer.id })
    return parlant.result { data = "handed over", control = { mode = "manual" } }
  end,
}

return M
