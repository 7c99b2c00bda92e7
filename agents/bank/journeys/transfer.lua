--- Sends money to a saved recipient, and asks before it does.
local parlant = require "parlant"
local tools = require "bank.tools"

local transfer = parlant.journey {
  id = "transfer_money",
  title = "Transfer money",
  description = "Sends money to a saved recipient, with a confirmation.",
  triggers = { "The customer wants to send money to someone" },
  start = "ask_recipient",
  states = {
    ask_recipient = {
      chat = "Ask who should receive the money",
      canned_responses = { "Who should receive the money?" },
      next = "ask_amount",
    },
    ask_amount = {
      chat = "Ask how much to send",
      canned_responses = { "How much shall I send?" },
      next = "confirm",
    },
    confirm = {
      chat = "Repeat recipient and amount, and ask for a yes or no",
      composition_mode = "strict",
      canned_responses = {
        "Shall I send {{generative.amount}} to {{generative.recipient}}?",
        -- Without a model nobody fills in the fields above.
        "Shall I send it now? Please say yes or no.",
      },
      next = {
        { condition = "The customer says yes", to = "send" },
        { condition = "The customer wants to change something", to = "ask_recipient" },
        { condition = "The customer says no", to = parlant.END },
      },
    },
    send = {
      tool = tools.transfer,
      instruction = "Use the recipient and amount that the customer confirmed",
      next = "outcome",
    },
    outcome = {
      fork = {
        { condition = "The transfer succeeded", to = "receipt" },
        { condition = "The transfer failed", to = "apologise" },
      },
    },
    receipt = { chat = "Give the receipt and ask if there is anything else" },
    apologise = {
      chat = "Apologise, give the reason, and offer a human",
      canned_responses = { "I am sorry, the money was not sent. Shall I fetch a colleague?" },
      on_selected = function(ctx) ctx.session:add_label("transfer-failed") end,
    },
  },
}

transfer:guideline {
  id = "unknown_recipient",
  condition = "The recipient is not saved yet",
  action = "Say that new recipients are added in the app, for the customer's safety",
}

transfer:canned_response {
  template = "Done. {{amount}} EUR is on its way to {{recipient}}.",
  field_dependencies = { "amount", "recipient" },
  signals = { "The money has been sent" },
}

return transfer
