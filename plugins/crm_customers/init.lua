--- Customers from a service of one's own: `--customer-store plugin:crm_customers`.
---
--- The service answers with customers as
--- `{ "id", "name", "about", "metadata", "tags", "created_at", "updated_at" }`:
---   GET    /customers/ID   one customer, or 404
---   GET    /customers      { "items": [ … ], "total": N }: sorted by `order`, created_at or
---                          updated_at, and by id; at most `limit` of those after the moment
---                          `after` and `after_id`; `total` counts all that follow
---   POST   /customers      creates one; 409 when the id is taken
---   PATCH  /customers/ID   changes what the body names, all or nothing; 404
---   DELETE /customers/ID   204, or 404
local parlant = require "parlant"
local json = require "parlant.json"

local KINDS = { [404] = "not_found", [409] = "already_exists" }

--- Ids may hold anything, so everything but letters and digits is escaped.
local function path(id)
  local escaped = id:gsub("%W", function(c) return ("%%%02X"):format(c:byte()) end)
  return "/customers/" .. escaped
end

local function ask(ctx, method, address, options)
  options.timeout = ctx.config.timeout
  if ctx.config.token then
    options.headers = { authorization = "Bearer " .. ctx.config.token }
  end
  local reply, err = ctx.http[method](ctx.http, ctx.config.base_url .. address, options)
  if not reply then
    return nil, err
  elseif reply.status >= 400 then
    local message = "the customer service replied " .. reply.status
    return nil, { kind = KINDS[reply.status], message = message }
  elseif reply.status == 204 then
    return true
  end
  return reply:json()
end

return parlant.plugin {
  name = "crm_customers",
  version = "1.0.0",
  description = "Keeps customers in a service with a JSON interface.",

  config = {
    { name = "base_url", type = "string", default = "http://127.0.0.1:9100" },
    { name = "token", type = "string", required = false, secret = true },
    { name = "timeout", type = "number", default = 5, minimum = 0.1, description = "Seconds." },
  },

  customer_store = {
    cache_seconds = 10,

    find = function(ctx, id) return ask(ctx, "get", path(id), {}) end,

    list = function(ctx, query)
      local after = query.after or {}
      return ask(ctx, "get", "/customers", {
        query = {
          limit = query.limit,
          direction = query.direction,
          order = query.order,
          after = after[query.order],
          after_id = after.id,
          tags = json.encode(query.tags),
          metadata = json.encode(json.object(query.metadata)),
        },
      })
    end,

    create = function(ctx, draft) return ask(ctx, "post", "/customers", { json = draft }) end,

    update = function(ctx, id, change) return ask(ctx, "patch", path(id), { json = change }) end,

    delete = function(ctx, id) return ask(ctx, "delete", path(id), {}) end,
  },
}
