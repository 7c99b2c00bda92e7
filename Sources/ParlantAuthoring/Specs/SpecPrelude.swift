import LuaRuntime

/// `require "parlant.test"`. It only carries: what a word does, and each sentence, is Swift's.
enum SpecPrelude {
    static let module = LuaVM.Prelude(
        module: "parlant.test",
        source: #"""
            local host = ...
            local call = host.call
            local plain = host.plain

            -- A table whose misspelt names are errors with "did you mean".
            local function strict(name, members)
              for key, member in pairs(members) do
                if type(member) == "function" then
                  members[key] = host.framed(member)
                end
              end
              return setmetatable({}, {
                __index = function(_, key)
                  return members[key] or call.spec_unknown(name, key)
                end,
                __call = members.__call,
                __metatable = false,
              })
            end

            -- Declaring --------------------------------------------------------------------------

            local tests = {}
            local scope = { before = {}, after = {} }

            local function describe(name, body)
              call.spec_open(name, type(body))
              scope = { before = {}, after = {}, parent = scope }
              body()
              scope = scope.parent
              call.spec_close()
            end

            local function it(name, body)
              call.spec_test(name, type(body))
              tests[#tests + 1] = { body = body, scope = scope }
            end

            local function live(name, options, body)
              if body == nil then
                options, body = {}, options
              end
              call.spec_test(name, type(body), plain(options))
              tests[#tests + 1] = { body = body, scope = scope }
            end

            local function before_each(body)
              scope.before[#scope.before + 1] = body
            end

            local function after_each(body)
              scope.after[#scope.after + 1] = body
            end

            local function run_before(block)
              if block.parent then
                run_before(block.parent)
              end
              for _, body in ipairs(block.before) do
                body()
              end
            end

            host.entry("spec_run", function(number)
              local test = tests[number]
              run_before(test.scope)
              local ok, err = pcall(test.body)
              local block = test.scope
              while block do
                for _, body in ipairs(block.after) do
                  body()
                end
                block = block.parent
              end
              if not ok then
                error(err, 0)
              end
            end)

            -- Conversations ----------------------------------------------------------------------

            local numbers = setmetatable({}, { __mode = "k" })

            local function number_of(chat, method)
              return numbers[chat] or call.spec_colon(method)
            end

            local route_type = { __metatable = false }
            route_type.__index = strict("route", {
              reply = function(route, reply)
                call.spec_reply(numbers[route], plain(reply))
                return route
              end,
            })

            local http_type = { __metatable = false }
            http_type.__index = strict("chat.http", {
              on = function(http, method, url)
                local route = setmetatable({}, route_type)
                numbers[route] = call.spec_route(number_of(http, "http:on"), method, url)
                return route
              end,
              requests = function(http)
                return call.spec_requests(number_of(http, "http:requests"))
              end,
            })

            local methods = {}

            function methods.customer(chat, text, options)
              call.spec_customer(number_of(chat, "customer"), text, plain(options))
              return chat
            end

            for _, name in ipairs { "matches", "activates", "takes", "replies", "calls" } do
              methods[name] = function(chat, ...)
                call["spec_" .. name](number_of(chat, name), plain { ... })
                return chat
              end
            end

            function methods.call(chat, tool, arguments)
              return call.spec_call(number_of(chat, "call"), tool, plain(arguments))
            end

            function methods.advance(chat, seconds)
              call.spec_advance(number_of(chat, "advance"), seconds)
              return chat
            end

            function methods.events(chat)
              return call.spec_events(number_of(chat, "events"))
            end

            local members = strict("chat", methods)
            local https = setmetatable({}, { __mode = "k" })
            local chat_type = {
              __index = function(chat, key)
                if key == "http" then
                  return https[chat]
                end
                return members[key]
              end,
              __metatable = false,
            }

            local function conversation(options)
              local chat = setmetatable({}, chat_type)
              local http = setmetatable({}, http_type)
              local number = call.spec_conversation(plain(options))
              numbers[chat], numbers[http] = number, number
              https[chat] = http
              return chat
            end

            -- Assertions -------------------------------------------------------------------------

            local function same(a, b)
              a, b = plain(a), plain(b)
              if a == b then
                return true
              elseif type(a) ~= "table" or type(b) ~= "table" then
                return false
              end
              for key, value in pairs(a) do
                if not same(value, b[key]) then
                  return false
                end
              end
              for key in pairs(b) do
                if a[key] == nil then
                  return false
                end
              end
              return true
            end

            local function check(passes, word, expected, actual, message)
              if not passes then
                call.spec_differs(word, plain(expected), plain(actual), message)
              end
            end

            local assert = {
              __call = host.framed(function(_, value, message, ...)
                check(value, "truthy", nil, value, message)
                return value, message, ...
              end),
              equal = function(expected, actual, message)
                check(expected == actual, "equal", expected, actual, message)
              end,
              not_equal = function(expected, actual, message)
                check(expected ~= actual, "not_equal", expected, actual, message)
              end,
              same = function(expected, actual, message)
                check(same(expected, actual), "equal", expected, actual, message)
              end,
              is_nil = function(value, message)
                check(value == nil, "equal", nil, value, message)
              end,
              is_not_nil = function(value, message)
                check(value ~= nil, "not_equal", nil, value, message)
              end,
              is_true = function(value, message)
                check(value == true, "equal", true, value, message)
              end,
              is_false = function(value, message)
                check(value == false, "equal", false, value, message)
              end,
              matches = function(pattern, text, message)
                local found = type(text) == "string" and text:find(pattern)
                check(found, "matches", pattern, text, message)
              end,
              has_error = function(body, expected, message)
                local ok, err = pcall(body)
                if ok then
                  check(false, "has_error", expected, nil, message)
                elseif expected ~= nil then
                  local found = type(err) == "string" and err:find(expected, 1, true)
                  check(found, "has_error", expected, err, message)
                end
              end,
            }

            local of_chat = {
              "said", "not_said", "called", "not_called", "matched", "not_matched", "instructed", "not_instructed", "in_state",
              "ended", "meets",
            }
            for _, word in ipairs(of_chat) do
              assert[word] = function(chat, ...)
                local number = numbers[chat] or call.spec_no_chat(word)
                if word == "meets" then
                  return call.spec_meets(number, plain { ... })
                end
                call.spec_assert(word, number, plain { ... })
              end
            end

            return strict("parlant.test", {
              describe = describe,
              it = it,
              live = live,
              before_each = before_each,
              after_each = after_each,
              conversation = conversation,
              assert = strict("assert", assert),
            })
            """#)
}
