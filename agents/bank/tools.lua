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
      choices = { "checking", "savings" },
      default = "checking",
    },
  },
  run = function(ctx, args)
    local amount = tonumber(ctx.customer.metadata[args.account])
    if not amount then
      return nil, "there is no " .. args.account .. " account under your name"
    end
    return parlant.result {
      data = { account = args.account, amount = amount, currency = "EUR" },
      canned_response_fields = { account = args.account, balance = amount },
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
      choices = function(ctx)
        local names = {}
        for name in (ctx.customer.metadata.recipients or ""):gmatch("[^,]+") do
          names[#names + 1] = name
        end
        return names
      end,
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

    local once = "transfer:" .. args.recipient .. ":" .. args.amount
    if not ctx.kv.session:add(once, true, { ttl = 60 }) then
      return nil, "the same transfer was made less than a minute ago"
    end

    local reply, err = ctx.http:post(ctx.config.core_url .. "/transfers", {
      json = { to = args.recipient, amount = args.amount, on = args.on or ctx.time:today() },
      headers = { authorization = "Bearer " .. ctx.config.api_key },
      timeout = 10,
    })
    if not reply then
      -- The log gets the cause; the reason is a sentence that customers may read.
      ctx.log:warn("the core does not answer", { error = tostring(err) })
      return nil, "the transfer did not go through, please try again in a few minutes"
    end
    if reply.status == 402 then
      return parlant.result {
        data = { transferred = false, reason = "insufficient funds" },
        control = { lifespan = "response" },
        guidelines = { { action = "Offer to send a smaller amount", criticality = "low" } },
      }
    end
    return parlant.result {
      data = reply:json(),
      metadata = { receipt_url = reply.headers["location"] },
      canned_response_fields = { amount = args.amount, recipient = args.recipient },
    }
  end,
}

M.human_handoff = parlant.tool {
  name = "human_handoff",
  description = "Hands the session to a human and stops automatic replies.",
  run = function(ctx)
    -- Colleagues find the session by its label.
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
