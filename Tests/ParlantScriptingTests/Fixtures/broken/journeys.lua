local parlant = require "parlant"
local look = parlant.tool { name = "look", description = "d", run = function() end }
local agent = parlant.agent { id = "journeys", name = "J", description = "Journeys with mistakes in their drawings." }

agent:journey { id = "empty", title = "t", description = "d", triggers = { "c" }, start = "ask", states = {} }

agent:journey {
  id = "start",
  title = "t",
  description = "d",
  triggers = { "c" },
  start = "aks",
  states = { ask = { chat = "x" } },
}

local other = agent:journey {
  id = "other",
  title = "t",
  description = "d",
  triggers = { "c" },
  start = "ask",
  states = { ask = { chat = "x", instruction = "only for tools" } },
}

agent:journey {
  id = "tools",
  title = "t",
  description = "d",
  triggers = { "c" },
  start = "ask",
  states = {
    ask = {
      chat = "x",
      next = {
        { condition = "1", to = "dead_end" },
        { condition = "2", to = "twice" },
        { condition = "3", to = "over" },
        { condition = "4", to = "through" },
        { condition = "5", to = "END" },
      },
    },
    dead_end = { tool = look },
    twice = { tools = { look }, next = "dead_end" },
    over = { tool = look, next = { { condition = "done", to = parlant.END } } },
    through = { tool = look, next = "sub" },
    sub = { journey = other, next = "ask" },
  },
}

agent:journey {
  id = "forks",
  title = "t",
  description = "d",
  triggers = { "c" },
  start = "ask",
  states = {
    ask = { chat = "x", next = "one" },
    one = { fork = { { condition = "1", to = "two" } } },
    two = { fork = { { condition = "1", to = "three" }, { condition = "2", to = "ask" } }, next = "ask" },
    three = { fork = { { condition = "1", to = "two" }, { condition = "2" } } },
    nothing = { description = "no kind" },
    ["bad name"] = { chat = "x", colour = "red" },
  },
}

agent:journey { id = "shape", title = "t", description = "d", triggers = { look }, start = "s", states = { "a", "b" } }

parlant.journey { id = "lost", title = "t", description = "d", triggers = { "c" }, start = "s", states = { s = { chat = "x" } } }

return agent
