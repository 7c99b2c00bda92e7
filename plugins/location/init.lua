--- Knows where customers live, from the metadata that your application keeps with them.
local parlant = require "parlant"

local get_customer_location = parlant.tool {
  name = "get_customer_location",
  description = "Returns where the current customer lives.",
  run = function(ctx)
    local location = ctx.customer.metadata.location or "Unknown location"
    return parlant.result {
      data = location,
      canned_response_fields = { location = location },
    }
  end,
}

return parlant.plugin {
  name = "location",
  version = "1.0.0",
  description = "A tool that says where the current customer lives.",
  tools = { get_customer_location },
}
