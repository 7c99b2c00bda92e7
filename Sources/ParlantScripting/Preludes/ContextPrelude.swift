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

            -- A table that can be read and walked, not written. Its metatable is made once for each path: a context
            -- has many such parts, and most handlers look at one or two.
            local frozen_types = {}
            local function frozen_type(path)
              local found = frozen_types[path]
              if not found then
                found = {
                  __index = function(self, key) return host.originals[self][key] end,
                  __newindex = read_only(path),
                  __len = function(self) return #host.originals[self] end,
                  __pairs = function(self) return next, host.originals[self], nil end,
                  __metatable = false,
                }
                frozen_types[path] = found
              end
              return found
            end

            local function frozen(path, value)
              local view = setmetatable({}, frozen_type(path))
              host.originals[view] = value
              return view
            end

            -- A part of a context: fields, methods of this kind of handler, and parts that are made when they are first
            -- looked at. Any other name is an error.
            local view_types = {}
            local function view_type(path, kind, methods, makers)
              local of_kind = view_types[kind]
              if not of_kind then
                of_kind = {}
                view_types[kind] = of_kind
              end
              local found = of_kind[path]
              if not found then
                local allowed = available[kind]
                found = {
                  __index = function(self, key)
                    local fields = views[self]
                    local value = fields[key]
                    if value ~= nil then
                      return value
                    end
                    if makers and makers[key] then
                      value = makers[key](self, kind)
                      fields[key] = value
                      return value
                    end
                    if methods and methods[key] and allowed[path .. "." .. tostring(key)] then
                      return methods[key]
                    end
                    return call.missing_member(path, key, kind)
                  end,
                  __newindex = read_only(path),
                  __pairs = function(self)
                    local fields = views[self]
                    for key in next, makers or {} do
                      fields[key] = fields[key] or makers[key](self, kind)
                    end
                    return next, fields, nil
                  end,
                  __metatable = false,
                }
                of_kind[path] = found
              end
              return found
            end

            local function view(path, kind, fields, methods, makers)
              local this = setmetatable({}, view_type(path, kind, methods, makers))
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

            -- What Swift sent, by context, until a part of it is looked at.
            local originals_of = setmetatable({}, { __mode = "k" })

            -- Parts without data of their own are the same for all calls of a kind.
            local static = {}
            local function shared(path, methods)
              return function(_, kind)
                local key = path .. kind
                static[key] = static[key] or view(path, kind, {}, methods)
                return static[key]
              end
            end

            local makers = {
              agent = function(ctx, kind) return view("ctx.agent", kind, originals_of[ctx].agent) end,
              config = function(ctx, kind) return view("ctx.config", kind, originals_of[ctx].config) end,
              interaction = function(ctx, kind)
                local data = originals_of[ctx].interaction
                data.messages = frozen("ctx.interaction.messages", data.messages)
                return view("ctx.interaction", kind, data)
              end,
              customer = function(ctx, kind)
                local data = originals_of[ctx].customer
                local tags = set_of(data.tags)
                data.tags = nil
                data.metadata = frozen("ctx.customer.metadata", data.metadata)
                local this = view("ctx.customer", kind, data, customer)
                customer_tags[this] = tags
                return this
              end,
              session = function(ctx, kind)
                local data = originals_of[ctx].session
                local labels = set_of(data.labels)
                data.labels = nil
                data.metadata = frozen("ctx.session.metadata", data.metadata)
                local this = view("ctx.session", kind, data, session)
                session_labels[this] = labels
                return this
              end,
              log = shared("ctx.log", log),
              time = shared("ctx.time", time),
              http = shared("ctx.http", http),
            }

            local function context(data)
              local this = view("ctx", data.kind, {}, methods, makers)
              originals_of[this] = data
              return this
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
