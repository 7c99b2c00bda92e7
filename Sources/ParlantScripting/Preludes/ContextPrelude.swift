import LuaRuntime

extension Preludes {
    /// The first argument of every handler, and the entries that call handlers.
    static let contexts = LuaVM.Prelude(
        module: "parlant.contexts",
        source: #"""
            local host = ...
            local call = host.call
            local plain = host.plain

            -- Which methods there are in which kind of handler, from Swift's table.
            local available = call.members()
            local views = setmetatable({}, { __mode = "k" })

            local function read_only(path)
              return function(_, key)
                call.read_only(path, key)
              end
            end

            -- A table that can be read and walked, not written.
            local function frozen(path, value)
              local view = setmetatable({}, {
                __index = value,
                __newindex = read_only(path),
                __len = function() return #value end,
                __pairs = function() return next, value, nil end,
                __metatable = false,
              })
              host.originals[view] = value
              return view
            end

            -- A part of a context: fields, and methods of this kind of handler. Any other name is an error.
            local function view(path, kind, fields, methods)
              local allowed = available[kind]
              local this = setmetatable({}, {
                __index = function(_, key)
                  local value = fields[key]
                  if value ~= nil then
                    return value
                  end
                  if methods and methods[key] and allowed[path .. "." .. tostring(key)] then
                    return methods[key]
                  end
                  return call.missing_member(path, key, kind)
                end,
                __newindex = read_only(path),
                __pairs = function() return next, fields, nil end,
                __metatable = false,
              })
              views[this] = fields
              return this
            end

            -- The fields behind `self`, or an error for a dot where a colon belongs.
            local function fields_of(self, path, method)
              return views[self] or call.colon(path, method)
            end

            -- HTTP ----------------------------------------------------------------------------

            local error_type = {
              __tostring = function(self) return self.message end,
              __concat = function(a, b) return tostring(a) .. tostring(b) end,
              __metatable = false,
            }

            local reply_type = {
              __index = { json = function(self) return call.json_decode(self.body) end },
              __metatable = false,
            }

            local http = {}
            for _, method in ipairs { "get", "post", "put", "patch", "delete" } do
              http[method] = function(self, url, options)
                fields_of(self, "ctx.http", method)
                local reply, err = call.http(method, url, plain(options))
                if reply then
                  return setmetatable(reply, reply_type)
                end
                host.errors[err] = true
                return nil, setmetatable(err, error_type)
              end
            end

            -- Log and time ---------------------------------------------------------------------

            local log = {}
            for _, level in ipairs { "debug", "info", "warn", "error" } do
              log[level] = function(self, message, fields)
                fields_of(self, "ctx.log", level)
                call.log(level, message, plain(fields))
              end
            end

            local time = {}
            for _, method in ipairs { "now", "today", "local_hour", "iso", "sleep" } do
              time[method] = function(self, value)
                fields_of(self, "ctx.time", method)
                return call["time_" .. method](value)
              end
            end

            -- Session and customer -------------------------------------------------------------

            local function set_metadata(path, change)
              return function(self, key, value)
                local metadata = fields_of(self, path, "set_metadata").metadata
                value = plain(value)
                change(key, value)
                -- What was written is read back in the same call.
                rawset(host.originals[metadata], key, value)
              end
            end

            local session = { set_metadata = set_metadata("ctx.session", call.set_session_metadata) }
            local session_labels = setmetatable({}, { __mode = "k" })

            function session.add_label(self, label)
              fields_of(self, "ctx.session", "add_label")
              call.add_label(label)
              session_labels[self][label] = true
            end

            function session.has_label(self, label)
              fields_of(self, "ctx.session", "has_label")
              return session_labels[self][label] == true
            end

            function session.set_mode(self, mode)
              local fields = fields_of(self, "ctx.session", "set_mode")
              call.set_mode(mode)
              fields.mode = mode
            end

            local customer = { set_metadata = set_metadata("ctx.customer", call.set_customer_metadata) }
            local customer_tags = setmetatable({}, { __mode = "k" })

            function customer.has_tag(self, tag)
              fields_of(self, "ctx.customer", "has_tag")
              local kind, number = host.handle_id(tag)
              if kind == "tag" then
                tag = host.records.tag[number].name
              elseif type(tag) ~= "string" then
                call.wrong_tag(type(tag))
              end
              return customer_tags[self][tag] == true
            end

            local methods = {}

            function methods.emit_message(self, text)
              fields_of(self, "ctx", "emit_message")
              call.emit_message(text)
            end

            function methods.emit_status(self, status, details)
              fields_of(self, "ctx", "emit_status")
              call.emit_status(status, plain(details))
            end

            -- So that `return ctx.http:get(url)` keeps its line for errors.
            for _, part in ipairs { http, log, time, session, customer, methods } do
              for name, method in pairs(part) do
                part[name] = host.framed(method)
              end
            end

            -- The context ----------------------------------------------------------------------

            local function set_of(list)
              local set = {}
              for _, item in ipairs(list) do
                set[item] = true
              end
              return set
            end

            local function context(data)
              local kind = data.kind
              local tags, labels = set_of(data.customer.tags), set_of(data.session.labels)
              data.customer.tags, data.session.labels = nil, nil
              data.customer.metadata = frozen("ctx.customer.metadata", data.customer.metadata)
              data.session.metadata = frozen("ctx.session.metadata", data.session.metadata)
              data.interaction.messages = frozen("ctx.interaction.messages", data.interaction.messages)
              local fields = {
                agent = view("ctx.agent", kind, data.agent),
                customer = view("ctx.customer", kind, data.customer, customer),
                session = view("ctx.session", kind, data.session, session),
                interaction = view("ctx.interaction", kind, data.interaction),
                config = view("ctx.config", kind, data.config),
                log = view("ctx.log", kind, {}, log),
                time = view("ctx.time", kind, {}, time),
                http = view("ctx.http", kind, {}, http),
              }
              customer_tags[fields.customer] = tags
              session_labels[fields.session] = labels
              return view("ctx", kind, fields, methods)
            end

            -- Entries --------------------------------------------------------------------------

            local function reason_of(reason)
              if host.errors[reason] then
                return reason.message
              end
              return reason
            end

            local function tool_result(value, reason)
              if value == nil then
                return reason == nil and "data" or "failure", reason_of(reason)
              end
              return host.results[value] and "result" or "data", plain(value)
            end

            host.entry("run", function(run, data, args)
              return tool_result(run(context(data), args))
            end)

            local function answer(value, reason)
              return plain(value), reason_of(reason)
            end

            host.entry("call", function(handler, data, argument)
              return answer(handler(context(data), argument))
            end)

            return {}
            """#)
}
