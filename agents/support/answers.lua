--- Answers that need no tool: one guideline each.
---@type parlant.GuidelineSpec[]
return {
  -- Small talk is of low criticality: an answer to a question in the same message goes first.
  {
    id = "greet",
    condition = "The customer greets",
    examples = { "Hello", "Hi there", "Hey", "Good morning", "Good evening" },
    action = "Greet the customer and ask what you can do",
    canned_responses = { "Hello, this is {{std.agent.name}}. What can I do for you?" },
    criticality = "low",
  },
  {
    id = "thank",
    condition = "The customer says thanks or goodbye",
    examples = { "Thank you", "Thanks a lot", "Thx", "Cheers", "Bye", "Goodbye" },
    action = "Say goodbye in one sentence",
    canned_responses = { "You are welcome. Have a nice day!" },
    criticality = "low",
  },
  {
    id = "robot",
    condition = "The customer asks whether you are a robot",
    examples = { "Are you a bot?", "Are you a machine?" },
    action = "Say that you are an assistant and that a human is there, too",
    canned_responses = {
      "I am an automated assistant. Ask for a human at any time, and one takes over.",
    },
  },
  {
    id = "opening_hours",
    condition = "The customer asks about opening hours",
    examples = { "When are you open?", "When do you close today?", "Are you open on Sundays?" },
    action = "Give the opening hours",
    canned_responses = { "We are here from 9 to 17, Monday to Friday." },
  },
  {
    id = "delivery",
    condition = "The customer asks how long delivery takes or what shipping costs",
    examples = { "How fast do you deliver?", "Is shipping free?", "How much is shipping?" },
    action = "Give the time and the price of a standard delivery",
    canned_responses = { "Delivery takes three to five working days and costs 4.90." },
  },
  {
    id = "returns",
    condition = "The customer wants to return a product or get a refund",
    examples = {
      "I want to return these",
      "I want a refund",
      "I want my money back",
      "Can I send it back?",
      "It does not fit, can I exchange it?",
    },
    action = "Explain how to send a product back",
    canned_responses = {
      "You can send anything back within 30 days. The label is in your parcel, and the refund "
        .. "takes a week.",
    },
  },
  {
    id = "damaged",
    condition = "The customer received a damaged or wrong product",
    examples = {
      "It is broken",
      "It is damaged",
      "It is defective",
      "It is cracked",
      "You sent the wrong colour",
    },
    action = "Apologise and offer a replacement",
    canned_responses = {
      "I am sorry about that. Keep the product, we will send a new one at our expense.",
    },
    criticality = "high",
  },
  {
    id = "cancel",
    condition = "The customer wants to cancel an order",
    examples = { "Please cancel my order", "How do I cancel?" },
    action = "Explain how to cancel an order",
    canned_responses = {
      "The confirmation of your order has a link that cancels it; it works until we have packed.",
    },
  },
  {
    id = "payment",
    condition = "The customer asks about payment methods",
    examples = {
      "Can I pay with PayPal?",
      "Which credit cards do you accept?",
      "Can I pay by invoice?",
    },
    action = "List the payment methods",
    canned_responses = { "You can pay by card, PayPal or invoice." },
  },
}
