--- Sends money, and counts how often it really did.
local parlant = require "parlant"

local transfer = parlant.tool {
  name = "transfer_money",
  description = "Sends money from the customer's account.",
  consequential = true,
  parameters = {
    { name = "recipient", type = "string", source = "customer", precedence = 1 },
    {
      name = "amount",
      type = "number",
      minimum = 0.01,
      maximum = 5000,
      source = "customer",
      precedence = 1,
    },
  },
  run = function(ctx, args)
    ctx:emit_status("processing", { step = "transferring" })
    if ctx.interaction.last_customer_message:find "slowly" then ctx.time:sleep(1) end
    local times = ctx.kv.session:increment "transfers"
    return parlant.result {
      data = { sent = true, times = times },
      canned_response_fields = { recipient = args.recipient, amount = args.amount, times = times },
    }
  end,
}

local agent = parlant.agent { name = "Tess", description = "A teller." }

agent:guideline {
  id = "send",
  condition = "The customer wants to send money",
  action = "Say what was sent to whom",
  tools = { transfer },
  canned_responses = { "Sent {{amount}} to {{recipient}}; that makes {{times}}." },
}

-- Judged once more when money was sent, and offers the same tool.
agent
  :guideline({
    id = "receipt",
    condition = "Money was sent in this turn",
    action = "Offer a receipt",
    tools = { transfer },
  })
  :reevaluate_after(transfer)

return agent
