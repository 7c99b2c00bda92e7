import LuaRuntime

/// The trusted Lua that every VM begins with, in the order in which it is loaded.
enum Preludes {
    static let all = [values, definitions, json, views, http, storage, contexts, turns, plugins, loading]

    /// What crosses: tables that only stand for others are replaced by what they stand for.
    static let values = LuaVM.Prelude(
        module: "parlant.values",
        source: #"""
            local host = ...

            -- Read-only views and what they show; errors of our own, which read as their sentence.
            local originals = setmetatable({}, { __mode = "k" })
            local errors = setmetatable({}, { __mode = "k" })

            local function plain(value, depth)
              if type(value) ~= "table" then
                return value
              end
              if originals[value] then
                return originals[value]
              end
              if errors[value] then
                return value.message
              end
              depth = (depth or 0) + 1
              if depth > 64 then
                return value -- the crossing reports it
              end
              for key, item in next, value do
                if type(item) == "table" then
                  local inner = plain(item, depth)
                  if inner ~= item then
                    rawset(value, key, inner)
                  end
                end
              end
              return value
            end

            host.originals, host.errors, host.plain = originals, errors, plain
            return {}
            """#)

    /// `require "parlant.json"`.
    static let json = LuaVM.Prelude(
        module: "parlant.json",
        source: #"""
            local host = ...
            local call = host.call

            local json = { null = host.null, array = host.array, object = host.object }

            json.encode = host.framed(function(value, options)
              return call.json_encode(host.plain(value), options)
            end)

            json.decode = host.framed(function(text)
              return call.json_decode(text)
            end)

            host.json = json
            return host.strict(json, "parlant.json")
            """#)

    /// The entry that loads a bundle: `require` rather than a chunk of its own, so that the bundle's main file is a
    /// module like any other, and circles are seen.
    static let loading = LuaVM.Prelude(
        module: "parlant.loading",
        source: #"""
            local host = ...

            -- Handles in the order of their names, because pairs has none.
            local function named(value)
              local keys, handles = {}, {}
              for key in next, value do
                if type(key) == "string" then
                  keys[#keys + 1] = key
                end
              end
              table.sort(keys)
              for _, key in ipairs(keys) do
                if host.handle_id(value[key]) then
                  handles[#handles + 1] = value[key]
                end
              end
              return handles
            end

            host.entry("load", function(module)
              local value = require(module)
              if host.handle_id(value) then
                return "list", { value }
              elseif value == true then
                return "nothing"
              elseif type(value) ~= "table" then
                return "other", type(value)
              elseif #value == 0 and next(value) ~= nil then
                return "module", host.array(named(value))
              end
              for index, item in ipairs(value) do
                if not host.handle_id(item) then
                  return "item", index, type(item)
                end
              end
              return "list", host.array { table.unpack(value) }
            end)

            return {}
            """#)
}
