local parlant = require "parlant"
local agent = parlant.agent { name = "P", description = "Parameters." }
agent:guideline { condition = "c", action = "a", tools = { parlant.tool {
  name = "bad name",
  description = "  ",
  timeout = 0,
  parameters = {
    { name = "twice", type = "string" },
    { name = "twice", type = "string" },
    { type = "string" },
    { name = "items", type = "string", items = "string" },
    { name = "limits", type = "string", minimum = 1 },
    { name = "length", type = "number", max_length = 3 },
    { name = "crossed", type = "integer", minimum = 3, maximum = 2 },
    { name = "default", type = "integer", default = "three" },
    { name = "choices", type = "string", choices = { "a", 2 }, default = "c" },
    { name = "both", type = "string", required = true, default = "x" },
    { name = "secret", type = "string", secret = true },
    { name = "from", type = "string", source = "custmer" },
    { name = "check", type = "string", validate = "yes" },
  },
  run = "nothing",
} } }
return agent
