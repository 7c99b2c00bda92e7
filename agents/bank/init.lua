--- Retail bank assistant: balances, transfers, and a calm hand to a human.
local parlant = require "parlant"
local tools = require "bank.tools"
local transfer = require "bank.journeys.transfer"

local vip = parlant.tag "VIP"

-- A customer to try things with: two accounts and a saved recipient.
local jane = parlant.customer {
  id = "jane",
  name = "Jane Doe",
  metadata = {
    plan = "gold",
    -- Texts, because Parlant's Python client reads no other values.
    checking = "12500",
    savings = "300",
    recipients = "Tom",
  },
  tags = { vip },
}

local agent = parlant.agent {
  name = "Otto",
  description = "A precise and friendly banker who uses short sentences.",
  composition_mode = "composited",
  max_engine_iterations = 3,
  preamble = { examples = { "One moment.", "Let me look." }, instructions = { "Promise nothing" } },
  config = {
    {
      name = "core_url",
      type = "string",
      default = "http://127.0.0.1:9001",
      description = "Base address of the core banking service.",
    },
    {
      name = "faq_url",
      type = "string",
      default = "http://127.0.0.1:9001/faq",
      description = "Address that answers questions from the handbook.",
    },
    {
      name = "api_key",
      type = "string",
      secret = true,
      default = "demo",
      description = "Key of the core banking service.",
    },
  },
}

agent:attach(transfer)

for _, term in ipairs(require "bank.glossary") do
  agent:term(term)
end

-- Variables: what the agent always knows about the customer.
agent
  :variable {
    name = "subscription_plan",
    description = "The plan the customer pays for.",
    tool = tools.subscription_plan,
    freshness = "0 * * * *", -- cron: on the hour
  }
  :set_default("basic")
  :set_for(vip, "gold")

-- Guidelines: condition, action, tools.
local show_balance = agent:guideline {
  id = "show_balance",
  condition = "The customer asks how much money they have",
  examples = {
    "What is my balance?",
    "How much money do I have?",
    "How much is in my account?",
    "Show me my account balance",
  },
  action = "Give the balance, then stop",
  tools = { tools.check_balance },
  canned_responses = { "Your balance is {{balance}} EUR." },
}

local offer_savings = agent:guideline {
  id = "offer_savings",
  condition = "The customer asks about savings or interest",
  examples = { "Do I get interest?", "Where can I save money?", "Tell me about a savings account" },
  action = "Mention the savings account once",
  canned_responses = { "Our savings account pays 2 % a year, and the money stays available." },
  criticality = "low",
  labels = { "marketing" },
}

local upset = agent:guideline {
  id = "calm_upset_customer",
  condition = "The customer sounds angry or asks for a human",
  examples = {
    "This is ridiculous",
    "I want to complain",
    "Let me talk to a human",
    "You are useless",
    "I have had enough of this",
  },
  action = "Apologise briefly and hand over to a human",
  tools = { tools.human_handoff },
  canned_responses = { "I am sorry. A colleague takes over right here." },
  criticality = "high",
  on_selected = function(ctx, match)
    ctx.log:warn("customer upset", { rationale = match.rationale })
  end,
}

local lost_card = agent:guideline {
  id = "lost_card",
  condition = "The customer has lost a card or sees a payment that is not theirs",
  examples = {
    "I lost my card",
    "My card was stolen",
    "There is a payment I did not make",
    "Please block my card",
  },
  action = "Give the number of the emergency line at once",
  canned_responses = { "Call 116 116 at once, day and night: they block your card." },
  criticality = "high",
  priority = 10,
}

local callback = agent:guideline {
  id = "callback",
  condition = "The customer asks for a phone call",
  examples = { "Can you call me?", "Please call me back", "I would like a phone call" },
  action = "Offer a callback tomorrow at 9:00",
  canned_responses = { "We call you tomorrow at 9:00." },
}

-- Observations hold a fact about the conversation, without an action.
local after_hours = agent:observation {
  id = "after_hours",
  matcher = function(ctx)
    local hour = ctx.time:local_hour("Europe/Paris")
    return hour < 8 or hour >= 20, "it is " .. hour .. ":00 in Paris"
  end,
}

local unclear_amount = agent:observation {
  id = "unclear_amount",
  condition = "The customer names an amount without saying what to do with it",
}

-- Relationships: verbs between handles.
upset:prioritize_over(offer_savings, transfer)
lost_card:prioritize_over(show_balance, offer_savings, transfer)
callback:depend_on(after_hours)
offer_savings:reevaluate_after(tools.check_balance)
unclear_amount:disambiguate { show_balance, transfer }

-- Retriever: grounding data for every turn.
agent:retriever {
  id = "handbook",
  run = function(ctx)
    local question = ctx.interaction.last_customer_message
    local reply, err = ctx.http:get(ctx.config.faq_url, { query = { q = question }, timeout = 2 })
    if not reply then
      ctx.log:warn("the handbook is down", { error = tostring(err) })
      return nil
    end
    return parlant.result { data = reply:json(), metadata = { source = "handbook" } }
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
