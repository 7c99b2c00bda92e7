local parlant = require "parlant"
local vip = parlant.tag "vip"
local look = parlant.tool { name = "look", description = "d", run = function() end }
local agent = parlant.agent { id = "relations", name = "R", description = "Verbs with mistakes." }
local function rule(id) return agent:guideline { id = id, condition = id, action = "a" } end
local a, b, c, d, e, f = rule "a", rule "b", rule "c", rule "d", rule "e", rule "f"
a:depend_on(b)
b:depend_on(c)
c:depend_on(a)
a:prioritize_over(c)
c:prioritize_over(a)
d:prioritize_over(e)
d:depend_on(e)
d:entail(e)
e:prioritize_over(f)
f:depend_on(e)
vip:prioritize_over(f)
f:prioritize_over(vip)
a:entail()
a:entail(a)
a:entail(vip, look, nil)
a:depend_on { b, c }
a:disambiguate(b, c)
a:disambiguate { b }
a.entail(b)
a:reevaluate_after(b)
a:prioritize_over(parlant.any_of(vip))
a:depend_on_any(parlant.any_of("vip"), parlant.all_of())
agent:attach(a)
agent:on("error")
agent:on("error", "print")
parlant.tag "journey:x"
local stranger = parlant.agent { id = "stranger", name = "S", description = "Another agent." }
local theirs = stranger:guideline { id = "theirs", condition = "c", action = "a" }
b:entail(theirs)
return { agent, stranger }
