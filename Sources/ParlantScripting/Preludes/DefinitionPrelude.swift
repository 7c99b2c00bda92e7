import LuaRuntime

extension Preludes {
    /// `require "parlant"`: constructors and handles. It only carries: each decision and each sentence is Swift's.
    static let definitions = LuaVM.Prelude(
        module: "parlant",
        source: #"""
            local host = ...
            local call = host.call

            -- What can be read of a handle, by kind and number.
            local records = {}
            for _, kind in ipairs(call.kinds()) do
              records[kind] = {}
            end

            local function remember(handle, record)
              local kind, number = host.handle_id(handle)
              if records[kind] then
                records[kind][number] = record
              end
              return handle
            end

            -- The name of a table that cannot cross as a whole, for its problem.
            local function name_of(spec)
              if type(spec) == "table" then
                for _, field in ipairs { "id", "name", "title", "condition", "action", "template" } do
                  local name = rawget(spec, field)
                  if type(name) == "string" then
                    return name
                  end
                end
              end
              return nil
            end

            local function define(kind, owner, colon, ...)
              local ok, handle, record = pcall(call.define, kind, owner, colon, select("#", ...), ...)
              if not ok then
                handle, record = call.define_broken(kind, owner, name_of((...)), handle)
              end
              return remember(handle, record)
            end

            local function constructor(kind)
              return host.framed(function(...)
                return define(kind, nil, true, ...)
              end)
            end

            -- Methods ------------------------------------------------------------------------

            local methods = call.methods()

            -- What a verb says is noted by Swift; the handle comes back, so that verbs can follow each other.
            local function verb(name, self, colon, ...)
              local ok, message = pcall(call.verb, self, name, colon, select("#", ...), ...)
              if not ok then
                call.verb_broken(self, name, message)
              end
              return self
            end

            local function unknown_word(self, key)
              return call.unknown_word(self, key)
            end

            for _, kind in ipairs(call.kinds()) do
              local own = methods[kind]
              host.type(kind, {
                __index = function(self, key)
                  local made = own[key]
                  if made then
                    return host.framed(function(receiver, ...)
                      if made == "" then
                        return verb(key, self, receiver == self, ...)
                      end
                      return define(made, self, receiver == self, ...)
                    end)
                  end
                  local _, number = host.handle_id(self)
                  local record = records[kind][number]
                  local value = record and record[key]
                  if value ~= nil then
                    return value
                  end
                  return call.unknown_word(self, key)
                end,
                __newindex = function(self, key)
                  call.assign(self, key)
                end,
              })
            end

            -- Stands in for a word that does not exist, so that the file goes on and all its problems show.
            local void
            local function nothing()
              return void
            end
            host.type("void", {
              __index = nothing,
              __newindex = nothing,
              __call = nothing,
              __concat = function() return "" end,
              __len = function() return 0 end,
            })
            void = host.handle("void", 0)

            -- The module ---------------------------------------------------------------------

            local results = setmetatable({}, { __mode = "k" })

            local function tag_match(kind)
              return host.framed(function(...)
                return call.tag_match(kind, select("#", ...), ...)
              end)
            end

            local module = {
              any_of = tag_match("any_of"),
              all_of = tag_match("all_of"),
              END = remember(host.handle("END", 0), {}),
              tag = host.framed(function(...)
                return remember(call.tag(select("#", ...), ...))
              end),
              result = host.framed(function(spec)
                spec = host.plain(spec)
                call.result(spec)
                results[spec] = true
                return spec
              end),
              null = host.null,
              match_always = remember(host.handle("match_always", 0), {}),
            }

            for name, kind in next, call.constructors() do
              module[name] = constructor(kind)
            end

            local function strict(table, path)
              return setmetatable({}, {
                __index = function(_, key)
                  local value = table[key]
                  if value ~= nil then
                    return value
                  end
                  return unknown_word(path, key)
                end,
                __newindex = function(_, key)
                  call.assign(path, key)
                end,
                __metatable = false,
              })
            end

            module.tags = strict({ preamble = remember(call.preamble_tag()) }, "parlant.tags")

            -- A plugin's tools are read by name; a wrong name is told at once, for nil would vanish in a list.
            function host.tools_of(plugin, list)
              local tools = {}
              for _, tool in ipairs(list) do
                local _, number = host.handle_id(tool)
                local name = records.tool[number].name
                if name then
                  tools[name] = tool
                end
              end
              return setmetatable(tools, {
                __index = function(_, key)
                  return call.unknown_tool(plugin, key)
                end,
              })
            end

            local function with_tools(plugin)
              local kind, number = host.handle_id(plugin)
              if kind == "plugin" then
                local record = records.plugin[number]
                record.tools = host.tools_of(plugin, record.tools)
              end
              return plugin
            end

            module.plugin = host.framed(function(...)
              return with_tools(define("plugin", nil, true, ...))
            end)

            host.records = records
            host.results = results
            host.strict = strict
            return strict(module, "parlant")
            """#)
}
