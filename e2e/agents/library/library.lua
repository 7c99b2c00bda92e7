--- A librarian with something of everything that a turn can have.
local parlant = require "parlant"

local membership = parlant.tool {
  name = "membership",
  description = "Returns what the reader may borrow.",
  run = function()
    return parlant.result { data = "ten books" }
  end,
}

local find_book = parlant.tool {
  name = "find_book",
  description = "Looks a book up in the catalogue.",
  parameters = { { name = "title", type = "string", description = "Title of the book" } },
  run = function(_, args)
    if args.title == "Missing" then return nil, "there is no such book" end
    return parlant.result {
      data = { title = args.title, shelf = 7 },
      canned_response_fields = { shelf = 7 },
      canned_responses = { "It stands on shelf {{shelf}}." },
    }
  end,
}

local agent = parlant.agent { name = "Libby", description = "Helps readers of a small library." }

agent:variable {
  name = "membership",
  description = "What the reader may borrow.",
  tool = membership,
}

agent:term { name = "legal deposit", description = "Books that stay in the house." }

agent:retriever {
  id = "news",
  run = function()
    return parlant.result { data = "A reading takes place on friday." }
  end,
}

agent:retriever {
  id = "weather",
  run = function()
    error "the weather service is gone"
  end,
}

agent:on("message_generated", function(_, event)
  event:replace(event.text .. " Happy reading!")
end)

agent:guideline {
  id = "find",
  condition = "The reader looks for a book",
  action = "Say where it stands",
  tools = { find_book },
  labels = { "catalogue" },
}

local calm = agent:guideline {
  id = "calm",
  condition = "The reader is annoyed",
  action = "Apologize",
  criticality = "high",
}

local advertise = agent:guideline {
  id = "advertise",
  condition = "The reader asks what is new",
  action = "Recommend the newest novels",
}

calm:prioritize_over(advertise)

agent:journey {
  id = "join",
  title = "Join the library",
  description = "Makes somebody a reader.",
  triggers = { "The visitor wants to become a reader" },
  labels = { "joining" },
  start = "ask_name",
  states = {
    ask_name = { chat = "Ask for the name", labels = { "asked-name" }, next = "welcome" },
    welcome = { chat = "Welcome the new reader" },
  },
}

-- More than a model is shown at once, so that the likest are chosen by vectors.
for shelf = 1, 40 do
  agent:canned_response {
    id = "shelf-" .. shelf,
    template = "Shelf " .. shelf .. " is in room " .. (shelf // 10 + 1) .. ".",
  }
end

agent:canned_response { id = "fine", template = "You owe {{amount}} cents." }

return agent
