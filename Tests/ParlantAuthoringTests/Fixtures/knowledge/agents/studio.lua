--- A dance studio: what is known about customers, what a look into the books changes, and messages
--- that nobody should have to read.
local parlant = require "parlant"

local trainer = parlant.tag "trainer"
local ivy = parlant.customer { id = "ivy", name = "Ivy" }

-- The books count their readers, so that tests see how often they were opened.
local lessons = parlant.tool {
  name = "lessons",
  description = "Returns how many lessons the customer has left.",
  run = function(ctx)
    local reply, err = ctx.http:get "http://books.test/lessons"
    if not reply then
      return parlant.result { data = err.kind }
    end
    return reply:json().left
  end,
}

local door_code = parlant.tool {
  name = "door_code",
  description = "Returns the code of the door for today.",
  run = function(ctx)
    return "code of " .. ctx.time:today()
  end,
}

local agent = parlant.agent { id = "studio", name = "Vera", description = "Runs a dance studio." }

-- Variables: one value for all, others for a group and for one person.
agent
  :variable { name = "price", description = "What a lesson costs, in euro." }
  :set_default(20)
  :set_for(trainer, 10)
  :set_for(ivy, 0)

-- Fed by a tool, and old at every full hour.
agent:variable {
  name = "lessons_left",
  description = "Lessons that are paid and not taken.",
  tool = lessons,
  freshness = "0 * * * *",
}

-- Fed by a tool in every turn.
agent:variable { name = "door", description = "The code of the door.", tool = door_code }

agent:guideline {
  id = "price",
  condition = "The customer asks what a lesson costs",
  action = "Tell the price",
  canned_responses = { "A lesson is {{std.variables.price}} euro." },
}

agent:guideline {
  id = "nearly_done",
  matcher = function(ctx)
    local left = ctx.variables.lessons_left
    return type(left) == "number" and left < 2, "few lessons are left"
  end,
  action = "Offer a new card",
}

agent:guideline {
  id = "remember_price",
  condition = "The customer has won the raffle",
  action = "Congratulate them",
  on_message = function(ctx)
    ctx:set_variable("price", 5)
  end,
}

-- Re-evaluation: what the tool brings decides what else applies in the same turn.
local find_seat = parlant.tool {
  name = "find_seat",
  description = "Finds a free place in the next course.",
  run = function(ctx)
    local reply = ctx.http:get "http://books.test/seats"
    return { free = reply:json().free }
  end,
}

local waitlist = parlant.tool {
  name = "waitlist",
  description = "Puts the customer on the waiting list.",
  run = function()
    return "listed"
  end,
}

agent:guideline {
  id = "book",
  condition = "The customer wants a place in the course",
  action = "Say whether there is a place",
  tools = { find_seat },
}

local function free_seats(ctx)
  for _, call in ipairs(ctx.tool_calls) do
    if call.tool_id == "studio:find_seat" then
      return call.result.data.free
    end
  end
end

local full = agent
  :guideline {
    id = "full",
    matcher = function(ctx)
      return free_seats(ctx) == 0, "the course is full"
    end,
    action = "Say that the course is full and that they are on the waiting list",
    tools = { waitlist },
  }
  :reevaluate_after(find_seat)

agent
  :guideline {
    id = "hurry",
    matcher = function(ctx)
      local free = free_seats(ctx)
      return free ~= nil and free > 0 and free < 3, "few places are left"
    end,
    action = "Mention that few places are left",
  }
  :reevaluate_after(find_seat)

local other_course = agent:guideline {
  id = "other_course",
  condition = "The customer is flexible",
  action = "Offer the course on Sunday",
}
other_course:depend_on(full)

-- Judged once, before the tool: nothing says that it should be looked at again.
agent:guideline {
  id = "never_again",
  matcher = function(ctx)
    return free_seats(ctx) ~= nil, "a place was looked for"
  end,
  action = "Never said in the turn of the tool",
}

-- Moderation: what was flagged is kept from functions, too.
agent:guideline {
  id = "rude",
  matcher = function(ctx)
    return ctx.interaction.last_customer_message == "<censored>", "the message was flagged"
  end,
  action = "Ask the customer to say it in another way",
  canned_responses = { "Please say that in another way." },
}

agent:guideline {
  id = "echo",
  matcher = function(ctx)
    return ctx.interaction.last_customer_message:find "raffle" ~= nil, "they speak of the raffle"
  end,
  action = "Wish them luck",
}

return { agent, ivy }
