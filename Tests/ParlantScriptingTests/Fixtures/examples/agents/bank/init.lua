--- Retail bank assistant: balances, transfers, and a calm hand to a human.
local parlant = require "parlant"
local tools = require "bank.tools"
local transfer = require "bank.journeys.transfer"

local vip = parlant.tag "vip"

local jane = parlant.customer {
  id = "cust_jane",
  name = "Jane Doe",
  metadata = { plan = "gold", accounts = { "checking", "savings" } },
  tags = { vip },
}

local agent = parlant.agent {
  id = "bank",
  name = "Otto",
  description = "A precise and friendly banker who uses short sentences.",
  composition_mode = "composited",
  max_engine_iterations = 3,
  config = {
    { name = "core_url", type = "string" },
    { name = "faq_url", type = "string" },
    { name = "api_key", type = "string", secret = true },
  },
}

agent:attach(transfer)

for _, term in ipairs(require "bank.glossary") do
  agent:term(term)
end

-- Variables: what the agent always knows about the customer.
local plan = agent:variable {
  name = "subscription_plan",
  description = "The plan the customer pays for.",
  tool = tools.subscription_plan,
  freshness = "0 * * * *", -- cron: on the hour
}
plan:set_default("basic")
plan:set_for(vip, "gold")

-- Guidelines: condition, action, tools.
local show_balance = agent:guideline {
  id = "show_balance",
  condition = "The customer asks how much money they have",
  action = "Give the balance, then stop",
  tools = { tools.check_balance },
}

local offer_savings = agent:guideline {
  id = "offer_savings",
  condition = "The balance of the checking account is above 10,000 euro",
  action = "Mention the savings account once",
  criticality = "low",
  labels = { "marketing" },
}
offer_savings:reevaluate_after(tools.check_balance)

local upset = agent:guideline {
  id = "calm_upset_customer",
  condition = "The customer sounds angry or gives up",
  action = "Apologise briefly and hand over to a human",
  tools = { tools.human_handoff },
  criticality = "high",
  on_selected = function(ctx, match)
    ctx.log:warn("customer upset", { rationale = match.rationale })
  end,
}

-- An observation holds a fact about the conversation, without an action.
local after_hours = agent:observation {
  id = "after_hours",
  matcher = function(ctx)
    local hour = ctx.time:local_hour("Europe/Paris")
    return hour < 8 or hour >= 20, "it is " .. hour .. ":00 in Paris"
  end,
}

local be_formal = agent:guideline {
  id = "be_formal",
  action = "Address the customer by last name",
  matcher = parlant.match_always,
}

local callback = agent:guideline {
  condition = "The customer asks for a phone call",
  action = "Offer a callback tomorrow at 9:00",
}

-- Relationships: verbs between handles.
upset:prioritize_over(offer_savings, transfer)
callback:depend_on(after_hours)
show_balance:entail(be_formal)
agent
  :observation { condition = "The customer names an amount without saying what to do with it" }
  :disambiguate { show_balance, transfer }
offer_savings:depend_on_any(show_balance, parlant.any_of(vip))

-- Canned responses.
agent:canned_response {
  template = "Your balance is {{balance}} EUR.",
  field_dependencies = { "balance" },
}
agent:canned_response { template = "One moment.", tags = { parlant.tags.preamble } }

-- Retriever: grounding data for every turn.
agent:retriever {
  id = "faq",
  run = function(ctx)
    local question = ctx.interaction.last_customer_message
    local reply, err = ctx.http:get(ctx.config.faq_url, { query = { q = question } })
    if not reply then
      ctx.log:warn("faq is down", { error = err })
      return nil
    end
    return parlant.result { data = reply:json(), metadata = { source = "faq" } }
  end,
}

-- Hooks: a step of the engine, seen from the outside.
agent:on("message_generated", function(ctx, event)
  if event.text:find("%d%d%d%d%d%d%d%d") then
    ctx.log:error("blocked a message that looks like an account number")
    return "bail"
  end
end)

return { agent, jane }
