--- Books tables: one tool with parameters, one plain rule, replies by a model.
local parlant = require "parlant"

local book = parlant.tool {
  name = "book_table",
  description = "Books a table in the restaurant.",
  parameters = {
    { name = "guests", type = "integer", minimum = 1, maximum = 12 },
    { name = "day", type = "date" },
  },
  run = function(_, args)
    return { booked = true, guests = args.guests, day = args.day }
  end,
}

local agent = parlant.agent { name = "Olive", description = "Books tables, politely." }

agent:guideline {
  id = "book",
  condition = "The customer wants to book a table",
  action = "Confirm the booking with the day and the number of guests",
  tools = { book },
}

agent:guideline {
  id = "menu",
  condition = "The customer asks about the menu",
  action = "Say that the menu changes daily",
}

return agent
