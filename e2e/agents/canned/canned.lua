--- One shop assistant for each way of using canned responses.
local parlant = require "parlant"

local get_balance = parlant.tool {
  name = "get_balance",
  description = "Returns the balance of the customer's account.",
  run = function(ctx)
    if ctx.customer.metadata.frozen then return nil, "the account is frozen" end
    return parlant.result {
      data = { balance = 100 },
      canned_response_fields = { account_balance = 100 },
      canned_responses = { "Your account holds {{account_balance}} right now." },
    }
  end,
}

--- What all of them know.
local function furnish(agent)
  agent:canned_response {
    id = agent.id .. "-balance",
    template = "Your current balance is ${{account_balance | format(',.2f')}}.",
    signals = { "You have this much in your account" },
  }
  agent:canned_response {
    id = agent.id .. "-greeting",
    template = "Hello {{std.customer.name}}, this is {{std.agent.name}}.",
  }
  agent:canned_response {
    id = agent.id .. "-apology",
    template = "I am sorry about {{generative.trouble}}.",
    metadata = { tone = "warm" },
  }
  agent:canned_response {
    id = agent.id .. "-points",
    template = "You have collected {{std.variables.points}} points.",
    field_dependencies = { "std.variables.points" },
  }
  agent:variable { name = "points", description = "Loyalty points" }
  agent:guideline {
    id = agent.id .. "-tell-balance",
    condition = "The customer asks for the balance",
    examples = { "What is my balance?" },
    action = "Tell the balance",
    tools = { get_balance },
  }
  return agent
end

local strict = furnish(parlant.agent {
  id = "strict",
  name = "Stella",
  description = "Answers in approved words.",
  composition_mode = "strict",
})

local refund = strict:journey {
  id = "refund",
  title = "Refund",
  description = "Takes a product back.",
  triggers = { "The customer wants a refund" },
  start = "ask_reason",
  states = {
    ask_reason = {
      chat = "Ask why",
      canned_responses = { "Why do you want to give it back?" },
      next = "confirm",
    },
    confirm = { chat = "Confirm the refund", canned_responses = { "The money is on its way." } },
  },
}

refund:canned_response { template = "A refund takes three days, {{std.customer.name}}." }

local composited = furnish(parlant.agent {
  id = "composited",
  name = "Cora",
  description = "Answers in the voice of the brand.",
  composition_mode = "composited",
})

local fluid = furnish(parlant.agent { id = "fluid", name = "Flo", description = "Answers freely." })

fluid:guideline {
  id = "complaint",
  condition = "The customer complains",
  examples = { "I want to complain" },
  action = "Apologize",
  composition_mode = "strict",
  canned_responses = { "We are sorry. A person calls you back today." },
}

local stream = parlant.agent {
  id = "stream",
  name = "Sten",
  description = "Answers as the words come.",
  output_mode = "stream",
}

local patient = parlant.agent {
  id = "patient",
  name = "Pat",
  description = "Takes its time.",
  preamble = { examples = { "One moment." }, instructions = { "Never apologize." } },
}

local voice = parlant.agent {
  id = "voice",
  name = "Vera",
  description = "Speaks on the phone.",
  pacing = "voice",
}

voice:canned_response {
  template = "Let me see, {{std.customer.name}}.",
  tags = { parlant.tags.preamble },
}

return { strict, composited, fluid, stream, patient, voice }
