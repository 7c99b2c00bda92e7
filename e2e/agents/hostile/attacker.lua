--- Does whatever a script could do to take a server down; the customer's message names the attack.
local parlant = require "parlant"

local attacks = {}

function attacks.loop()
  while true do
  end
end

function attacks.caught_loop()
  while true do
    pcall(function()
      while true do
      end
    end)
  end
end

function attacks.big_table()
  local pieces = {}
  for i = 1, 1024 * 1024 do
    pieces[i] = ("x"):rep(1024) .. i
  end
  return #pieces
end

function attacks.recursion()
  local function deeper(n)
    return 1 + deeper(n + 1)
  end
  return deeper(1)
end

function attacks.pattern()
  return (("a"):rep(60)):find(("a*"):rep(8) .. "b") or "no match"
end

function attacks.rep_bomb()
  return #("x"):rep(10 * 1024 * 1024 * 1024)
end

function attacks.doubling()
  local text = "x"
  while true do
    text = text .. text
  end
end

function attacks.error_table()
  error { code = 7 }
end

function attacks.error_nil()
  error(nil)
end

function attacks.error_tostring()
  error(setmetatable({}, {
    __tostring = function()
      while true do
      end
    end,
  }))
end

function attacks.closing_loop()
  local guard <close> = setmetatable({}, {
    __close = function()
      while true do
      end
    end,
  })
  return guard ~= nil
end

function attacks.sorting_loop()
  local items = {}
  for i = 1, 100 do
    items[i] = i
  end
  table.sort(items, function()
    while true do
    end
  end)
end

function attacks.replacing_loop()
  return (("a"):rep(100):gsub("a", function()
    while true do
    end
  end))
end

function attacks.cyclic_result()
  local result = {}
  result.result = result
  return result
end

function attacks.deep_result()
  local result = {}
  for _ = 1, 10000 do
    result = { result }
  end
  return result
end

function attacks.large_result()
  return ("x"):rep(1024 * 1024)
end

function attacks.function_result()
  return function() end
end

function attacks.endless_sleep(ctx)
  ctx.time:sleep(86400)
end

function attacks.sleep(ctx)
  ctx.time:sleep(10)
  return "rested"
end

local attack = parlant.tool {
  name = "attack",
  description = "Attacks the server.",
  timeout = 12,
  run = function(ctx)
    return attacks[ctx.interaction.last_customer_message](ctx)
  end,
}

local agent = parlant.agent { name = "Mallory", description = "Tests limits." }

agent:guideline {
  id = "attack",
  matcher = function(ctx)
    return attacks[ctx.interaction.last_customer_message] ~= nil
  end,
  tools = { attack },
  canned_responses = { "The attack is over." },
}

agent:guideline {
  id = "looping_matcher",
  matcher = function(ctx)
    while ctx.interaction.last_customer_message == "looping matcher" do
    end
    return false
  end,
  action = "Nothing",
}

return agent
