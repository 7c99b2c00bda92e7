local parlant = require "parlant"
local agent = parlant.agent { id = "templates", name = "Templates", description = "d" }
agent:canned_response { template = "Hello {{ std.customer.name | titl }}" }
agent:canned_response { template = "Due {{ day | date('%d.%K.%Y') }}" }
agent:canned_response { id = "orders", template = "Your orders:\n{% for order in orders %}{{ order.id }}" }
agent:guideline { condition = "c", action = "a", canned_responses = { "{{ a }", "{% iff a %}" } }
agent:canned_response { id = "total", template = "{{ total | round(2, 'down') }} {{ total }}" }
return agent
