import LuaRuntime

extension Preludes {
    /// Read-only tables, and the parts of a context.
    static let views = LuaVM.Prelude(
        module: "parlant.views",
        source: #"""
            local host = ...
            local call = host.call

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
                    local make, method = makers and makers[key], methods and methods[key]
                    if (make or method) and allowed[path .. "." .. key] then
                      if method then
                        return method
                      end
                      value = make(self, kind)
                      fields[key] = value
                      return value
                    end
                    return call.missing_member(path, key, kind)
                  end,
                  __newindex = read_only(path),
                  __pairs = function(self)
                    local fields, allowed = views[self], available[kind]
                    for key in next, makers or {} do
                      if fields[key] == nil and allowed[path .. "." .. key] then
                        fields[key] = makers[key](self, kind)
                      end
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

            -- Parts without data of their own are the same for all calls of a kind.
            local static = {}
            local function shared(path, methods, makers, prepare)
              return function(_, kind)
                local key = path .. " " .. kind
                local this = static[key]
                if not this then
                  this = view(path, kind, {}, methods, makers)
                  static[key] = this
                  if prepare then
                    prepare(this)
                  end
                end
                return this
              end
            end

            -- So that `return ctx.http:get(url)` keeps its line for errors.
            local function framed(part)
              for name, method in pairs(part) do
                part[name] = host.framed(method)
              end
              return part
            end

            host.frozen, host.view, host.shared, host.fields_of, host.framed_all = frozen, view, shared, fields_of, framed
            return {}
            """#)
}
