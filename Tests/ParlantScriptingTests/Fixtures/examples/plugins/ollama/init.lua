--- Text generation and embeddings from a local Ollama server.
local parlant = require "parlant"

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
      local reply, err = ctx.http:post(ctx.config.base_url .. "/api/generate", {
        timeout = ctx.config.timeout,
        json = {
          model = ctx.config.model,
          prompt = request.prompt,
          format = request.schema, -- JSON schema, or nil for free text
          stream = false,
          options = { temperature = request.temperature },
        },
      })
      if not reply then
        return nil, err
      end
      local body = reply:json()
      return {
        text = body.response,
        usage = { input_tokens = body.prompt_eval_count, output_tokens = body.eval_count },
      }
    end,

    stream = function(ctx, request, emit)
      local lines, err = ctx.http:stream("POST", ctx.config.base_url .. "/api/generate", {
        json = { model = ctx.config.model, prompt = request.prompt, stream = true },
      })
      if not lines then
        return nil, err
      end
      for line in lines:json_lines() do
        emit(line.response)
      end
      return {}
    end,

    embed = function(ctx, texts)
      local reply, err = ctx.http:post(ctx.config.base_url .. "/api/embed", {
        json = { model = ctx.config.embedding_model, input = texts },
      })
      if not reply then
        return nil, err
      end
      return reply:json().embeddings
    end,
  },
}
