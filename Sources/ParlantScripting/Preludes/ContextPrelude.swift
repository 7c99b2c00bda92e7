import LuaRuntime

extension Preludes {
    /// The first argument of every handler, and the entries that call handlers.
    static let contexts = LuaVM.Prelude(
        module: "parlant.contexts",
        source: #"""
            local host = ...
            local call = host.call
            local plain, frozen, view, fields_of = host.plain, host.frozen, host.view, host.fields_of

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

            function customer.documents(self, query, limit)
              fields_of(self, "ctx.customer", "documents")
              return call.customer_documents(query, limit)
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

            function methods.emit_custom(self, data)
              fields_of(self, "ctx", "emit_custom")
              call.emit_custom(plain(data))
            end

            function methods.set_variable(self, name, value)
              fields_of(self, "ctx", "set_variable")
              value = plain(value)
              call.set_variable(name, value)
              -- What was written is read back in the same call.
              rawset(host.originals[self.variables], name, value)
            end

            -- Functions under way by number of their group, which lives as long as the call that waits for it.
            local groups = setmetatable({}, { __mode = "v" })
            local last_group = 0

            function methods.all(self, ...)
              fields_of(self, "ctx", "all")
              local count = select("#", ...)
              local group = { functions = { ... }, results = {} }
              for index = 1, count do
                if type(group.functions[index]) ~= "function" then
                  call.raise("ctx:all: expected functions, got a " .. type(group.functions[index]))
                end
              end
              if count == 0 then
                return
              end
              last_group = last_group + 1
              groups[last_group] = group
              if not call.all(last_group, count) then
                error(group.failure, 0)
              end
              return table.unpack(group.results, 1, count)
            end

            host.entry("branch", function(number, index)
              local group = groups[number]
              local ok, value = pcall(group.functions[index])
              if ok then
                group.results[index] = value
              elseif not group.has_failed then
                group.has_failed, group.failure = true, value
              end
              return ok
            end)

            for _, part in ipairs { log, time, session, customer, methods } do
              host.framed_all(part)
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

            local function frozen_part(name)
              return function(ctx) return frozen("ctx." .. name, originals_of[ctx][name]) end
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
              variables = frozen_part("variables"),
              tool_calls = frozen_part("tool_calls"),
              matches = frozen_part("matches"),
              log = host.shared("ctx.log", log),
              time = host.shared("ctx.time", time),
              http = host.http,
              kv = host.kv,
              memories = host.memories,
              state = host.state,
            }

            local function context(data)
              local this = view("ctx", data.kind, {}, methods, makers)
              originals_of[this] = data
              return this
            end
            host.context = context

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

            host.tool_result = tool_result

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
