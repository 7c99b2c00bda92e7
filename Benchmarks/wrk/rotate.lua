-- One kind of request, over a list of paths in turn. Arguments: method, body ("-" for none), paths.
-- Prints one line of JSON at the end, for bench.py.
-- luacheck: globals wrk init request done

local requests = {}
local turn = 0

function init(args)
  local method, body = args[1], args[2] ~= "-" and args[2] or nil
  local headers = body and { ["content-type"] = "application/json" } or {}
  for i = 3, #args do
    requests[#requests + 1] = wrk.format(method, args[i], headers, body)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
  print(string.format(
    '{"requests": %d, "microseconds": %d, "failed": %d, "p50_us": %d, "p99_us": %d}',
    summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)))
end
