--- A pizza place whose rules get in each other's way, so that relationships put them in order.
local parlant = require "parlant"

local promotion = parlant.tag "promotion"
local checked = parlant.tag "checked"

local manager = parlant.tool {
  name = "call_manager",
  description = "Hands the conversation over to the manager.",
  run = function()
    return parlant.result { data = "the manager is here", control = { mode = "manual" } }
  end,
}

local agent = parlant.agent {
  id = "pizza",
  name = "Gino",
  description = "Takes orders for a pizza place.",
}

local function rule(id, condition, action, more)
  local fields = { id = id, condition = condition, action = action }
  for name, value in pairs(more or {}) do
    fields[name] = value
  end
  return agent:guideline(fields)
end

local function fact(id, condition, more)
  local fields = { id = id, condition = condition }
  for name, value in pairs(more or {}) do
    fields[name] = value
  end
  return agent:observation(fields)
end

-- Priority: whoever is upset is offered nothing any more.
local other_cola = rule("other_cola", "The customer wants a cola", "Offer the cola that we have")
local upset = rule(
  "upset",
  "The customer is getting upset",
  "Apologise and say that the manager takes over",
  { tools = { manager } }
)
rule("dessert", "The customer has chosen a pizza", "Offer a dessert", { tags = { promotion } })
rule(
  "newsletter",
  "The customer has ordered before",
  "Offer the newsletter",
  { tags = { promotion } }
)
local praise = rule(
  "praise",
  "The customer was offered another cola",
  "Say that the other cola is good, too"
)
upset:prioritize_over(other_cola, promotion)
praise:depend_on(other_cola)

-- Dependency: wine needs a customer of age, delivery one of two ways to pay, the oven everything
-- that must be checked.
local of_age = fact("of_age", "The customer has said that they are of age")
local wine = rule("wine", "The customer wants wine", "Recommend a wine from the list")
wine:depend_on(of_age)

local pays_card = fact("pays_card", "The customer pays by card")
local pays_cash = fact("pays_cash", "The customer has the exact amount in cash")
local deliver = rule(
  "deliver",
  "The customer wants the pizza delivered",
  "Say when the rider is there"
)
deliver:depend_on_any(pays_card, pays_cash)

fact("size_known", "The size is known", { tags = { checked } })
fact("toppings_known", "The toppings are known", { tags = { checked } })
local bake = rule("bake", "The customer is ready to order", "Confirm the order and start baking")
bake:depend_on(parlant.all_of(checked))
local hurry = rule("hurry", "The customer asks to go on", "Ask for what is still missing")
hurry:depend_on(parlant.any_of(checked))

-- Entailment: who asks for vegan food hears about the cheese, and so about allergens.
local vegan = rule("vegan", "The customer asks for vegan food", "List the vegan pizzas")
local cheese = rule(
  "cheese",
  "The customer asks about cheese",
  "Say which pizzas come without cheese"
)
local allergens = rule(
  "allergens",
  "The customer asks about allergens",
  "Point to the list of allergens"
)
vegan:entail(cheese)
cheese:entail(allergens)

-- Priority by number: in an emergency nothing else matters.
rule(
  "emergency",
  "Somebody has an allergic reaction",
  "Tell them to call 112 at once",
  { priority = 10 }
)

-- Disambiguation: "change my order" may mean three things.
local resize = rule("resize", "The customer wants another size", "Change the size")
local replace = rule("replace", "The customer wants other toppings", "Change the toppings")
local cancel = rule("cancel", "The customer wants to cancel", "Cancel the order")
local change = fact("change", "The customer wants to change the order without saying how")
change:disambiguate { resize, replace, cancel }

-- Journeys take part like guidelines: a complaint goes before an order, whoever is upset orders
-- nothing, and only who orders hears about the tip jar.
local order = agent:journey {
  id = "order",
  title = "Order a pizza",
  description = "Takes an order.",
  triggers = { "The customer wants to order" },
  start = "size",
  states = {
    size = { chat = "Ask for the size", next = "toppings" },
    toppings = { chat = "Ask for the toppings" },
  },
}
local complaint = agent:journey {
  id = "complaint",
  title = "Complain about a delivery",
  description = "Finds out what went wrong.",
  triggers = { "The customer complains about a delivery" },
  start = "what",
  states = { what = { chat = "Ask what went wrong" } },
}
local tip = rule("tip", "The customer is in a good mood", "Mention the tip jar")
complaint:prioritize_over(order)
upset:prioritize_over(order)
tip:depend_on(order)

return agent
