local parlant = require "parlant"
local agent = parlant.agent { id = "catalogue", name = "bank", description = "Every other text of the catalogue." }
agent:guideline { id = "x", condition = "c", action = "a", tools = {} }
agent:guideline { id = "greet", condition = "c", action = "a" }
agent:guideline { id = "greet", condition = "d", action = "a" }
local a = agent:guideline { id = "a", condition = "a", action = "a" }
local b = agent:guideline { id = "b", condition = "b", action = "a" }
a:depend_on(b)
b:depend_on(a)
agent:create_guideline { condition = "x", action = "y" }
agent:guideline { condition = "x", action = "y", conditions = { "z" } }
a:exclude(b)
agent:create_journey { title = "x" }
agent:set_value_for_tag("x")
local v = agent:variable { name = "plan", freshness_rules = "* * * * *" }
v:set_global_value("x")
agent:journey { title = "j", description = "d", conditions = { "c" }, start = "s", states = { s = { chat_state = "x" } } }
parlant.create_customer { id = "c" }
parlant.guideline { condition = "c", action = "a" }
agent:tool { name = "t" }
return { agent, parlant.END_JOURNEY }
