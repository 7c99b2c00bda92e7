--- Tries what a handler can reach; the customer's message names the trial.
local parlant = require "parlant"

local trials = {}

function trials.verbs(ctx)
  local url = ctx.config.service_url .. "/echo"
  local answers = {}
  local function add(reply)
    answers[#answers + 1] = reply:json()
  end
  add(ctx.http:get(url, { query = { city = "São Paulo", n = 2 } }))
  add(ctx.http:post(url, { json = { to = "Tom" }, headers = { ["X-Trial"] = "post" } }))
  add(ctx.http:put(url, { form = { a = "1 2" } }))
  add(ctx.http:patch(url, { body = "raw", headers = { ["content-type"] = "text/plain" } }))
  add(ctx.http:delete(url))
  return answers
end

-- The service sends the next line when it is told that the last one has arrived.
function trials.stream(ctx)
  local base = ctx.config.service_url
  local stream = ctx.http:stream("POST", base .. "/stream", { json = { lines = 3 } })
  local seen = {}
  for value in stream:json_lines() do
    seen[#seen + 1] = value.line
    ctx.http:post(base .. "/arrived", { json = { line = value.line } })
  end
  return { status = stream.status, seen = seen }
end

function trials.leave_stream(ctx)
  local url = ctx.config.service_url .. "/stream"
  local stream = ctx.http:stream("POST", url, { json = { lines = 1000000 } })
  return stream:lines()()
end

function trials.elsewhere(ctx)
  local reply, err = ctx.http:get("http://example.com/")
  return { reply = reply or "none", kind = err.kind }
end

function trials.nobody(ctx)
  local reply, err = ctx.http:get(ctx.config.nobody_url, { timeout = 5 })
  return { reply = reply or "none", kind = err.kind, sentence = "so: " .. err }
end

function trials.side_by_side(ctx)
  local url = ctx.config.service_url .. "/meet"
  local a, b = ctx:all(function()
    return ctx.http:post(url)
  end, function()
    return ctx.http:post(url)
  end)
  return { a.status, b.status }
end

function trials.keep(ctx)
  local kv = ctx.kv
  kv.session:set("note", { text = "for this session" })
  kv.customer:set("note", "for this customer")
  ctx:set_variable("plan", "gold")
  ctx:emit_custom { kind = "kept", visits = kv.agent:increment("visits") }
  return { first = kv.session:add("once", true), second = kv.session:add("once", true) }
end

function trials.recall(ctx)
  local note = ctx.kv.session:get("note")
  return {
    session = note and note.text or "nothing",
    customer = ctx.kv.customer:get("note") or "nothing",
    plan = ctx.variables.plan or "none",
    visits = ctx.kv.agent:get("visits"),
  }
end

function trials.many_requests(ctx)
  for _ = 1, 11 do
    ctx.http:get("http://example.com/")
  end
end

local try = parlant.tool {
  name = "try",
  description = "Does what the message names.",
  run = function(ctx)
    return trials[ctx.interaction.last_customer_message](ctx)
  end,
}

local agent = parlant.agent {
  name = "Keeper",
  description = "Tries what contexts offer.",
  config = {
    { name = "service_url", type = "string" },
    { name = "nobody_url", type = "string" },
  },
}

agent:guideline {
  id = "try",
  matcher = function(ctx)
    return trials[ctx.interaction.last_customer_message] ~= nil
  end,
  tools = { try },
  canned_responses = { "Done." },
}

return agent
