import LuaRuntime

extension Preludes {
    /// The entries that call functions of plugins which work for no conversation.
    static let plugins = LuaVM.Prelude(
        module: "parlant.plugins",
        source: #"""
            local host = ...
            local call = host.call

            -- `nil, err`: a sentence, an error of ctx.http, or a table with message, kind and retry_after.
            local function outcome(value, err)
              if value ~= nil or err == nil then
                return true, host.plain(value)
              end
              if type(err) ~= "table" then
                return false, tostring(err)
              end
              local kind, retry_after = rawget(err, "kind"), rawget(err, "retry_after")
              local message = rawget(err, "message")
              return false, message ~= nil and tostring(message) or nil, kind, retry_after
            end

            host.entry("plugin", function(handler, data, ...)
              return outcome(handler(host.context(data), ...))
            end)

            host.entry("plugin_stream", function(handler, data, request)
              return outcome(handler(host.context(data), request, host.framed(function(piece)
                call.emit_piece(piece)
              end)))
            end)

            return {}
            """#)
}
