import LuaRuntime

extension Preludes {
    /// `ctx.kv`, `ctx.memories` and `ctx.state`.
    static let storage = LuaVM.Prelude(
        module: "parlant.storage",
        source: #"""
            local host = ...
            local call, plain = host.call, host.plain

            -- Whose entries a part of ctx.kv reaches.
            local scopes = setmetatable({}, { __mode = "k" })

            local function scope_of(self, method)
              return scopes[self] or call.colon("ctx.kv.session", method)
            end

            local kv = host.framed_all {
              get = function(self, key)
                return call.kv_get(scope_of(self, "get"), key)
              end,
              set = function(self, key, value, options)
                call.kv_set(scope_of(self, "set"), key, plain(value), plain(options))
              end,
              add = function(self, key, value, options)
                return call.kv_add(scope_of(self, "add"), key, plain(value), plain(options))
              end,
              increment = function(self, key, amount)
                return call.kv_increment(scope_of(self, "increment"), key, amount)
              end,
              delete = function(self, key)
                call.kv_delete(scope_of(self, "delete"), key)
              end,
            }

            local makers = {}
            for _, scope in ipairs { "session", "customer", "agent" } do
              makers[scope] = host.shared("ctx.kv." .. scope, kv, nil, function(this)
                scopes[this] = scope
              end)
            end
            host.kv = host.shared("ctx.kv", nil, makers)

            host.memories = host.shared("ctx.memories", host.framed_all {
              search = function(self, text, limit)
                host.fields_of(self, "ctx.memories", "search")
                return call.memories_search(text, limit)
              end,
              remember = function(self, text, options)
                host.fields_of(self, "ctx.memories", "remember")
                return call.memories_remember(text, plain(options))
              end,
              forget = function(self, id)
                host.fields_of(self, "ctx.memories", "forget")
                return call.memories_forget(id)
              end,
            })

            -- A table in the state is read-only: what is changed in place would never leave this Lua.
            local state = setmetatable({}, {
              __index = function(_, key)
                local value = call.state_get(key)
                if type(value) == "table" then
                  return host.frozen("ctx.state", value)
                end
                return value
              end,
              __newindex = function(_, key, value)
                call.state_set(key, plain(value))
              end,
              __pairs = function()
                return next, call.state_all(), nil
              end,
              __metatable = false,
            })
            host.state = function()
              return state
            end
            return {}
            """#)
}
