import LuaRuntime

extension Preludes {
    /// The entries that call hooks and retrievers.
    static let turns = LuaVM.Prelude(
        module: "parlant.turns",
        source: #"""
            local host = ...
            local call, context, tool_result = host.call, host.context, host.tool_result

            -- Hooks ----------------------------------------------------------------------------

            -- Fields of events.
            local events = setmetatable({}, { __mode = "k" })

            local replace = host.framed(function(self, text)
              local fields = events[self] or call.colon("event", "replace")
              fields.text = call.replacement(fields.step, text)
            end)

            local event_type = {
              __index = function(self, key)
                if key == "replace" then
                  return replace
                end
                local value = events[self][key]
                if value == nil then
                  return call.missing_in_event(key)
                end
                return value
              end,
              __newindex = function(_, key)
                call.read_only("event", key)
              end,
              __pairs = function(self)
                return next, events[self], nil
              end,
              __metatable = false,
            }

            host.entry("hook", function(handler, data, fields)
              local event = setmetatable({}, event_type)
              events[event] = fields
              local verdict = handler(context(data), event)
              return host.plain(verdict), fields.text
            end)

            -- Retrievers -----------------------------------------------------------------------

            -- Functions that retrievers returned, until Swift says that nobody can call them any more.
            local deferred, last = {}, 0

            host.entry("retrieve", function(run, data)
              local value, reason = run(context(data))
              if type(value) ~= "function" then
                return tool_result(value, reason)
              end
              last = last + 1
              deferred[last] = value
              return "deferred", last
            end)

            host.entry("deferred", function(number, data)
              return tool_result(deferred[number](context(data)))
            end)

            host.entry("forget", function(numbers)
              for _, number in ipairs(numbers) do
                deferred[number] = nil
              end
            end)

            return {}
            """#)
}
