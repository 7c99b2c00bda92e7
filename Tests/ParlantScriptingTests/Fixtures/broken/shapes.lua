local parlant = require "parlant"
local vip = parlant.tag "vip"
local nobody = parlant.tag { name = "x" }
local agent = parlant.agent { id = "shapes", name = "Shapes", description = "d", tags = vip }
agent:guideline("condition", "action")
agent.guideline { condition = "c", action = "a" }
agent:guideline { "c", action = "a" }
agent:guideline { condition = 3, action = agent, tags = { agent } }
agent:guideline { condition = "no action" }
agent:guideline { action = "no condition" }
agent:guideline { condition = "mixed", action = "a", metadata = { 1, 2, name = "x" } }
agent:guideline { condition = "holes", action = "a", labels = { "a", nil, "b" } }
agent:guideline { condition = "function", action = "a", metadata = { f = function() end } }
agent:guideline { condition = "blank", action = "" }
parlant.customer { id = "guest", name = "", tags = { nobody } }
parlant.tol { name = "x" }
parlant.create_agent { name = "x" }
agent:prioritize(vip)
agent:guideline { condition = "twice", action = "a" }
agent:guideline { condition = "twice", action = "a" }
return { agent, "x" }
