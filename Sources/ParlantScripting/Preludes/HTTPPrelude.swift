import LuaRuntime

extension Preludes {
    /// `ctx.http`.
    static let http = LuaVM.Prelude(
        module: "parlant.http",
        source: #"""
            local host = ...
            local call, plain, fields_of = host.call, host.plain, host.fields_of

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

            -- Streams -------------------------------------------------------------------------

            -- What is known of a stream: its number, and texts that have come and are not handed out.
            local streams = setmetatable({}, { __mode = "k" })

            local function pull(self, unit)
              local stream = streams[self]
              if not stream then
                return call.colon("stream", unit)
              end
              if stream.unit ~= unit then
                if stream.unit then
                  call.raise("ctx.http:stream: this stream is read by " .. stream.unit .. " already")
                end
                stream.unit = unit
              end
              while true do
                local text = stream.texts[stream.position]
                if text then
                  stream.position = stream.position + 1
                  return text
                elseif stream.is_over then
                  return nil
                end
                stream.texts, stream.is_over = call.http_next(stream.id, unit)
                stream.position = 1
              end
            end

            local readers = {
              lines = function(self) return pull(self, "lines") end,
              chunks = function(self) return pull(self, "chunks") end,
              json_lines = function(self)
                local line
                repeat
                  line = pull(self, "lines")
                until not line or line:find("%S")
                if not line then
                  return nil
                end
                local value, err = call.json_decode(line)
                if value == nil then
                  call.raise("ctx.http:stream: a line is no JSON: " .. err)
                end
                return value
              end,
            }

            local stream_methods = {}
            for name, read in pairs(readers) do
              stream_methods[name] = function(self)
                if not streams[self] then
                  call.colon("stream", name)
                end
                return function() return read(self) end
              end
            end

            function stream_methods.close(self)
              local stream = streams[self] or call.colon("stream", "close")
              stream.texts, stream.position, stream.is_over = {}, 1, true
              call.http_close(stream.id)
            end

            local stream_type = { __index = stream_methods, __call = readers.lines, __metatable = false }

            function http.stream(self, method, url, options)
              fields_of(self, "ctx.http", "stream")
              local opened, err = call.http_stream(method, url, plain(options))
              if not opened then
                host.errors[err] = true
                return nil, setmetatable(err, error_type)
              end
              local stream = setmetatable({ status = opened.status, headers = opened.headers }, stream_type)
              streams[stream] = { id = opened.id, texts = {}, position = 1, is_over = false }
              return stream
            end

            host.http = host.shared("ctx.http", host.framed_all(http))
            return {}
            """#)
}
