--- Counter of a bicycle workshop: books repairs and reports on them.
local parlant = require "parlant"

-- Tools: the only place where the outside world is touched. ------------------

local free_days = parlant.tool {
  name = "list_free_days",
  description = "Lists the days on which the workshop can take in one more bicycle.",
  parameters = {
    { name = "weeks", type = "integer", minimum = 1, maximum = 8, default = 1 },
  },
  run = function(ctx, args)
    local reply, err = ctx.http:get(ctx.config.planner_url, { query = { weeks = args.weeks } })
    if not reply then
      return nil, "the planner is unreachable: " .. err
    end
    return reply:json()
  end,
}

local book = parlant.tool {
  name = "book_repair",
  description = "Reserves one drop-off day for the current customer.",
  consequential = true,
  parameters = {
    { name = "day", type = "date", description = "A day that was offered in this conversation." },
    { name = "problem", type = "string", source = "customer", required = false },
  },
  run = function(ctx, args)
    local ticket = ctx.kv.agent:increment("tickets")
    ctx.log:info("repair booked", { ticket = ticket, customer = ctx.customer.id })
    return parlant.result {
      data = { ticket = ticket, day = args.day },
      canned_response_fields = { ticket = ticket, day = args.day },
    }
  end,
}

local status = parlant.tool {
  name = "get_repair_status",
  description = "Says how far the current customer's repair has come.",
  run = function(ctx) return ctx.kv.customer:get("repair") or parlant.null end,
}

-- The agent ------------------------------------------------------------------

local agent = parlant.agent {
  name = "Spoke",
  description = "Practical and cheerful, answers in two sentences at most.",
  composition_mode = "fluid",
  config = {
    { name = "planner_url", type = "string", description = "Base address of the workshop planner." },
  },
}

agent:term {
  name = "Intake",
  description = "The moment a bicycle is handed over; mornings only, 8:00 to 11:00.",
  synonyms = { "drop-off" },
}

local booking = agent:journey {
  id = "book_repair",
  title = "Book a repair",
  description = "Finds a drop-off day and reserves it.",
  triggers = { "The customer has a bicycle that needs work" },
  start = "ask_problem",
  states = {
    ask_problem = { chat = "Find out what is wrong with the bicycle", next = "load_days" },
    load_days = { tool = free_days, next = "offer_days" },
    offer_days = {
      chat = "Name the free days and let the customer choose",
      next = {
        { condition = "The customer chooses a day", to = "confirm" },
        { condition = "No day suits the customer", to = "load_more" },
      },
    },
    load_more = { tool = free_days, instruction = "Look eight weeks ahead", next = "offer_more" },
    offer_more = {
      chat = "Name the later days too",
      next = {
        { condition = "The customer chooses a day", to = "confirm" },
        { condition = "Still no day suits", to = "give_up" },
      },
    },
    confirm = {
      chat = "Read back the day and the problem, and ask for a yes",
      next = { { condition = "The customer says yes", to = "reserve" } },
    },
    reserve = { tool = book, next = "done" },
    done = { chat = "Give the ticket number and the intake hours" },
    give_up = { chat = "Suggest walking in without an appointment" },
  },
}

booking:guideline {
  condition = "The brakes do not work",
  action = "Tell the customer not to ride the bicycle to the workshop",
  criticality = "high",
}

local progress = agent:journey {
  id = "repair_progress",
  title = "Repair progress",
  description = "Reports on a repair that is under way.",
  triggers = { "The customer wants to know about their repair" },
  start = "look_up",
  states = {
    look_up = {
      tool = status,
      next = {
        { condition = "No repair was found", to = "unknown" },
        { condition = "The repair is finished", to = "ready" },
        { condition = "The repair is still going on", to = "wait" },
      },
    },
    unknown = { chat = "Ask for the ticket number" },
    ready = { chat = "Say that the bicycle can be collected" },
    wait = { chat = "Say what is left to do" },
  },
}

agent
  :observation { condition = "The customer mentions a repair, but it is unclear whether it is a new one" }
  :disambiguate { booking, progress }

agent:guideline {
  id = "stay_on_bicycles",
  condition = "The customer asks about anything but bicycles",
  action = "Say in one friendly sentence that you only know about bicycles",
}

return agent
