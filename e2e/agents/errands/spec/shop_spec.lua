local test = require "parlant.test"

local it, assert = test.it, test.assert

it("a tool without parameters runs when its guideline applies, and not otherwise", function()
  local chat = test.conversation { agent = "shop" }
  chat:customer "Hello"
  assert.not_called(chat, "shop:stock_of_shop")
  chat:matches "products"
  chat:customer "What do you have?"
  assert.called(chat, "shop:stock_of_shop")
  assert.not_called(chat, "shop:products_of_category")
end)

it("tools run side by side when the customer's words give what they need", function()
  local chat = test.conversation { agent = "shop" }
  chat:matches "products"
  chat:calls("shop:search_products", { words = "light" })
  chat:customer "Show me light laptops"
  assert.called(chat, "shop:products_of_category", { category = "laptops" })
  assert.called(chat, "shop:search_products", { words = "light" })
end)
