local parlant = require "parlant"
local plugin = parlant.plugin {
  name = "plugin_words",
  version = "1.0.0",
  hooks = { message_generatd = function() end, error = "print" },
  load = "now",
  nlp = { generat = function() end, embed = function() end, max_tokens = 0, dimensions = 768 },
  customer_store = { list = function() end, cache_seconds = -1 },
}
local agent = parlant.agent { name = "A", description = "d" }
return { agent, plugin }
