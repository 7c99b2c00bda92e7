--- Travel counter: books trips, with a nested journey, a fork, tools, a circle and ways back.
local parlant = require "parlant"

local find_seats = parlant.tool {
  name = "find_seats",
  description = "Finds a free seat to a city.",
  parameters = {
    { name = "city", type = "string", choices = { "Rome", "Paris", "Oslo" }, precedence = 1 },
    { name = "month", type = "string", choices = { "May", "June", "July" }, precedence = 2 },
  },
  run = function(ctx, args)
    if args.city == "Oslo" then
      return nil, "all seats to Oslo are taken"
    end
    ctx.kv.session:set("offer", args.city .. " in " .. args.month)
    return parlant.result {
      data = { city = args.city, month = args.month, seat = "12A" },
      canned_response_fields = { city = args.city, month = args.month, seat = "12A" },
    }
  end,
}

local reserve = parlant.tool {
  name = "reserve_seat",
  description = "Reserves the seat that was offered.",
  consequential = true,
  run = function(ctx)
    local offer = ctx.kv.session:get("offer")
    if not offer then
      return nil, "no seat was offered yet"
    end
    local number = "T" .. ctx.kv.agent:increment("bookings")
    return parlant.result {
      data = { booking = number, trip = offer },
      canned_response_fields = { booking = number, trip = offer },
    }
  end,
}

local agent = parlant.agent {
  name = "Tessa",
  description = "A brisk travel agent.",
}

local identify = agent:journey {
  id = "identify",
  title = "Identify the customer",
  description = "Asks for the name, once.",
  triggers = { "The customer wants to log in" },
  start = "ask_name",
  states = {
    ask_name = {
      chat = "Ask for the customer's name",
      canned_responses = { "May I have your name?" },
      next = "check_name",
    },
    check_name = {
      chat = "Repeat the name and ask whether it is right",
      canned_responses = { "Is that spelled correctly?" },
      next = {
        { condition = "The customer says yes", to = parlant.END },
        { condition = "The customer says no", to = "ask_name" },
      },
    },
  },
}

local trip = agent:journey {
  id = "book_trip",
  title = "Book a trip",
  description = "Finds a seat and reserves it.",
  triggers = { "The customer wants to book a trip" },
  start = "who",
  composition_mode = "composited",
  labels = { "sales" },
  states = {
    who = { journey = identify, next = "ask_city" },
    ask_city = {
      chat = "Ask which city the customer wants to go to",
      canned_responses = { "Where would you like to go: Rome, Paris or Oslo?" },
      next = "ask_month",
    },
    ask_month = {
      chat = "Ask for the month of the trip",
      canned_responses = { "In which month: May, June or July?" },
      next = "search",
    },
    search = {
      tool = find_seats,
      instruction = "Use the city and the month that were chosen last",
      next = "found",
    },
    found = {
      fork = {
        { condition = "A seat was found", to = "offer" },
        { condition = "No seat was found", to = "full" },
      },
    },
    offer = {
      chat = "Offer the seat and ask for a yes or no",
      canned_responses = { "Seat {{seat}} to {{city}} in {{month}} is free. Shall I reserve it?" },
      next = {
        { condition = "The customer says yes", to = "reserve" },
        { condition = "The customer says no", to = parlant.END },
      },
    },
    full = {
      chat = "Say that the train is full and ask for another city",
      canned_responses = { "That train is full. Which other city would you like?" },
      next = "search",
      on_selected = function(ctx) ctx.session:add_label("disappointed") end,
    },
    reserve = { tool = reserve, next = "receipt" },
    receipt = {
      chat = "Give the number of the booking",
      canned_responses = { "{{trip}} is booked, number {{booking}}." },
      labels = { "booked" },
    },
  },
}

trip:guideline {
  id = "luggage",
  condition = "The customer asks about luggage",
  examples = { "How much luggage may I take?", "Can I bring a suitcase?" },
  action = "Say that two suitcases are included",
  canned_responses = { "Two suitcases are included." },
}

return agent
