local parlant = require "parlant"
local agent = parlant.agent { name = "Loop", description = "Never ends." }
while true do
end
return agent
