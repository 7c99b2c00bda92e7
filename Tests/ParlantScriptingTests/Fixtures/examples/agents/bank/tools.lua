--- Tools of the bank agent. Business rules live here, never in a guideline.
local parlant = require "parlant"

local M = {}

M.check_balance = parlant.tool {
  name = "check_balance",
  description = "Returns the balance of one account of the current customer.",
  parameters = {
    {
      name = "account",
      type = "string",
      description = "Which account to look at.",
      choices = function(ctx) return ctx.customer.metadata.accounts or { "checking" } end,
      default = "checking",
    },
  },
  run = function(ctx, args)
    local balance, err = ctx.http:get(ctx.config.core_url .. "/balance/" .. args.account, { timeout = 3 })
    if not balance then
      return nil, err
    end
    local amount = balance:json().amount
    return parlant.result {
      data = { account = args.account, amount = amount, currency = "EUR" },
      canned_response_fields = { balance = amount },
    }
  end,
}

M.transfer = parlant.tool {
  name = "transfer_funds",
  description = "Moves money from the customer's account to a saved recipient.",
  consequential = true,
  parameters = {
    {
      name = "recipient",
      type = "string",
      source = "customer",
      significance = "Money sent to the wrong person cannot be called back.",
      precedence = 1,
    },
    {
      name = "amount",
      type = "number",
      description = "Amount in euro.",
      minimum = 0.01,
      maximum = 5000,
      examples = { 20, 149.90 },
      precedence = 2,
    },
    { name = "on", type = "date", required = false, display_name = "transfer date" },
  },
  run = function(ctx, args)
    ctx:emit_status("processing", { step = "transferring" })

    local fresh = ctx.kv.session:add("transfer:" .. args.recipient .. ":" .. args.amount, true, { ttl = 60 })
    if not fresh then
      return nil, "the same transfer was made less than a minute ago"
    end

    local reply, err = ctx.http:post(ctx.config.core_url .. "/transfers", {
      json = { to = args.recipient, amount = args.amount, on = args.on or ctx.time:today() },
      headers = { authorization = "Bearer " .. ctx.config.api_key },
      timeout = 10,
    })
    if not reply then
      return nil, "the transfer did not go through: " .. err
    end
    if reply.status == 402 then
      return parlant.result {
        data = { transferred = false, reason = "insufficient funds" },
        control = { lifespan = "response" },
        guidelines = { { action = "Offer to send a smaller amount", criticality = "low" } },
      }
    end
    return parlant.result { data = reply:json(), metadata = { receipt_url = reply.headers["location"] } }
  end,
}

M.human_handoff = parlant.tool {
  name = "human_handoff",
  description = "Hands the session to a human and stops automatic replies.",
  run = function(ctx)
    ctx:emit_message("I am bringing in a colleague, one moment please.")
    ctx.session:add_label("handoff")
    return parlant.result { data = "handed over", control = { mode = "manual" } }
  end,
}

M.subscription_plan = parlant.tool {
  name = "get_subscription_plan",
  description = "Returns the plan that the current customer pays for.",
  run = function(ctx) return ctx.customer.metadata.plan or "basic" end,
}

return M
