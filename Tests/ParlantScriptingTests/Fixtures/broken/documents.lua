local parlant = require "parlant"
local agent = parlant.agent { name = "D", description = "Customers with too much." }
local most = string.rep("x", 256 * 1024)
local texts, many = {}, {}
for n = 1, 100 do texts[n] = "x" end
for n = 1, 1000 do many[n] = { title = "T", content = "x" } end
local fits = { { title = "T", content = most }, { title = "T", content = texts } }
local ann = parlant.customer { id = "ann", name = "Ann", documents = fits }
local bob = parlant.customer { id = "bob", name = "Bob", documents = many }
local large = { fits[1], { title = "T", content = most .. "x" } }
large[3] = { title = "T", content = { most, "x" } }
local carl = parlant.customer { id = "carl", name = "Carl", documents = large }
texts[101] = "x"
local dora = parlant.customer { id = "dora", name = "Dora", documents = fits }
many[1001] = fits[1]
local emil = parlant.customer { id = "emil", name = "Emil", documents = many }
return { agent, ann, bob, carl, dora, emil }
