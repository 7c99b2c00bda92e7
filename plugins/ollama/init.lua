--- Text and embeddings from a local Ollama server: `--nlp plugin:ollama`.
local parlant = require "parlant"
local json = require "parlant.json"

--- What a reply with another status than 200 means: an error that may say when to try again.
local function refusal(reply, answer)
  if reply.status == 429 or reply.status == 503 then
    local seconds = tonumber(reply.headers["retry-after"]) or 2
    return { message = "Ollama is busy", retry_after = seconds }
  end
  return "Ollama replied " .. reply.status .. ": " .. tostring(answer.error or "no reason")
end

--- A reply of Ollama as a table, or nil and an error.
local function ask(ctx, path, body)
  local url = ctx.config.base_url .. path
  local reply, err = ctx.http:post(url, { timeout = ctx.config.timeout, json = body })
  if not reply then
    return nil, err
  end
  local answer = reply:json() or {}
  if reply.status ~= 200 then
    return nil, refusal(reply, answer)
  end
  return answer
end

local function question(ctx, request, streams)
  return {
    model = ctx.config.model,
    prompt = request.prompt,
    format = request.schema, -- JSON schema, or nil for free text
    stream = streams,
    options = { temperature = request.temperature, num_predict = request.max_tokens },
  }
end

local function usage(answer)
  return { input_tokens = answer.prompt_eval_count, output_tokens = answer.eval_count }
end

return parlant.plugin {
  name = "ollama",
  version = "1.0.0",
  description = "NLP provider for models served by Ollama.",

  config = {
    { name = "base_url", type = "string", default = "http://127.0.0.1:11434" },
    { name = "model", type = "string", default = "llama3.1:8b" },
    { name = "embedding_model", type = "string", default = "nomic-embed-text" },
    { name = "timeout", type = "number", default = 60, minimum = 1, description = "Seconds." },
  },

  nlp = {
    max_tokens = 8192, -- context window of the generation model, in tokens
    dimensions = 768, -- length of one embedding vector

    generate = function(ctx, request)
      local answer, err = ask(ctx, "/api/generate", question(ctx, request, false))
      if not answer then
        return nil, err
      end
      return { text = answer.response, usage = usage(answer) }
    end,

    stream = function(ctx, request, emit)
      local lines, err = ctx.http:stream("POST", ctx.config.base_url .. "/api/generate", {
        timeout = ctx.config.timeout,
        json = question(ctx, request, true),
      })
      if not lines then
        return nil, err
      end
      if lines.status ~= 200 then
        local pieces = {}
        for piece in lines:chunks() do
          pieces[#pieces + 1] = piece
        end
        return nil, refusal(lines, json.decode(table.concat(pieces)) or {})
      end
      local last = {}
      for line in lines:json_lines() do
        last = line
        if line.error then
          return nil, "Ollama stopped: " .. line.error
        end
        emit(line.response)
      end
      if not last.done then
        return nil, "Ollama's reply ended in the middle"
      end
      return { usage = usage(last) }
    end,

    embed = function(ctx, texts)
      local body = { model = ctx.config.embedding_model, input = texts }
      local answer, err = ask(ctx, "/api/embed", body)
      if not answer then
        return nil, err
      end
      return answer.embeddings
    end,
  },
}
