--- Stops messages with forbidden phrases, for every agent that enables it.
local parlant = require "parlant"

return parlant.plugin {
  name = "compliance",
  version = "1.0.0",
  description = "Blocks messages that contain a forbidden phrase.",

  config = {
    { name = "phrases", type = "array", items = "string", description = "Plain text, any case." },
  },

  hooks = {
    message_generated = function(ctx, event)
      local text = event.text:lower()
      for _, phrase in ipairs(ctx.config.phrases) do
        if text:find(phrase:lower(), 1, true) then
          ctx.state.blocked = ctx.state.blocked + 1
          ctx.log:warn("message blocked", { phrase = phrase, total = ctx.state.blocked })
          return "bail"
        end
      end
    end,
  },

  load = function(ctx) ctx.state.blocked = ctx.state.blocked or 0 end,

  -- Survives a hot reload: what `save` returns becomes `ctx.state` of the next generation.
  save = function(ctx) return { blocked = ctx.state.blocked } end,
}
