local parlant = require "parlant"
local vip = parlant.tag "vip"
local jane = parlant.customer { id = "jane", name = "Jane" }
local needy = parlant.tool {
  name = "needy",
  description = "d",
  parameters = { { name = "a", type = "string" }, { name = "b", type = "string", required = false } },
  run = function() end,
}
local agent = parlant.agent {
  id = "knowledge",
  name = "K",
  description = "Terms, variables and retrievers with mistakes.",
  preamble = { examples = "Sure", tone = "warm" },
}
agent:term { name = "SEPA" }
agent:term { name = "IBAN", description = "d", synonyms = {} }
agent:term { name = "Cutoff", description = "d" }
agent:term { name = "Cutoff", description = "e" }
agent:variable { name = "with space" }
agent:variable { name = "needs", tool = needy }
agent:variable { name = "stale", freshness = "0 * * * *" }
local plan = agent:variable { name = "plan", tool = needy, freshness = "every hour" }
plan:set_default("basic")
plan:set_default("gold")
plan:set_for(vip, "gold")
plan:set_for(vip, "silver")
plan:set_for("vip", "gold")
plan:set_for(jane)
plan:set_for(jane, function() end)
plan:set_default()
agent:retriever { run = function() end }
agent:retriever { run = function() end }
agent:retriever { id = "faq" }
return { agent, jane }
